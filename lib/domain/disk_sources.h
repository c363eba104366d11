// What a domain's disks lie on, as far as a host can see before it starts or gets the domain. For
// paths alone: a volume of a pool, or a network disk, is libvirt's to find. Not a check that the
// files are there.
#pragma once

#include <optional>
#include <string>

#include "base/deadline.h"
#include "domain/devices.h"

namespace havc::domain {

/// File systems that several hosts may have mounted at once, by their number of statfs(2). Any FUSE
/// counts: GlusterFS and sshfs cannot be told from local ones.
bool is_network_file_system(long type);

/// The name of a file system that belongs to one host alone, as "xfs": nobody else sees what lies
/// there. Empty for those above, and for unknown ones.
std::string local_file_system(long type);

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
bool is_hidden_network_disk(const Disk& disk, const PathLook& look);

/// Throws Error(failed) that names the first such disk; Error(timed_out) when a file system does
/// not answer, after half of the time, at most 30 s. Plain failures, because for migrate_to any
/// other code would ban the source.
void refuse_linked_sources(const std::string& xml, Deadline deadline);

}  // namespace havc::domain
