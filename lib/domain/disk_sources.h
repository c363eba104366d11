// What a domain's disks lie on, as far as a host can see before it starts or gets the domain. For
// paths alone: a volume of a pool, or a network disk, is libvirt's to find. Not a check that the
// files are there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"

namespace havc::domain {

struct DiskSource {
  std::string target;  ///< what the guest calls it: "vda"
  std::string path;    ///< file or block device, as the definition has it
  bool read_only = false;
  bool transient = false;  ///< what the guest writes is dropped when it ends
};

/// The disks of a definition that have a path, in its order. Throws what xml::Document::parse
/// throws.
std::vector<DiskSource> disk_sources(const std::string& xml);

/// File systems that several hosts may have mounted at once, by their number of statfs(2). Any FUSE
/// counts: GlusterFS and sshfs cannot be told from local ones.
bool is_network_file_system(long type);

/// How a path leads to its file.
struct PathLook {
  bool link = false;       ///< the path's last name is a symbolic link
  bool elsewhere = false;  ///< which leads to a file system other than its own
  long file_system = 0;    ///< and this is that one's type
};

/// Looks, following what cannot be entered as far as possible. Nothing for a path that is missing.
/// May hang with the file system.
std::optional<PathLook> look_at_path(const std::string& path);

/// True for a writable disk behind a link onto a network file system. libvirt judges a file by the
/// path it is given, hence takes such a disk for a local one: it neither keeps a second host from
/// writing to it, nor asks for a cache mode that is safe to migrate. Pure.
bool is_hidden_network_disk(const DiskSource& disk, const PathLook& look);

/// Throws Error(failed) that names the first such disk; Error(timed_out) when a file system does
/// not answer, after half of the time, at most 30 s. Plain failures, because for migrate_to any
/// other code would ban the source.
void refuse_linked_sources(const std::string& xml, Deadline deadline);

}  // namespace havc::domain
