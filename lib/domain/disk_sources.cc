#include "domain/disk_sources.h"

#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "base/worker.h"

namespace havc::domain {

namespace {

namespace fs = std::filesystem;

// A server that is there answers in milliseconds; one that fails over takes longer, but libvirt,
// which looks at the same files, would then keep everybody else waiting.
constexpr Duration kMostPatience = std::chrono::seconds(30);
constexpr int kMostLinks = 40;  // as many as the kernel follows (MAXSYMLINKS)

// linux/magic.h, and where that lacks it the file system's own source (struct super_block.s_magic).
constexpr std::array<unsigned long, 13> kNetworkFileSystems{
    0x6969,      // NFS
    0xff534d42,  // CIFS
    0xfe534d42,  // SMB2
    0x517b,      // SMB
    0x65735546,  // FUSE
    0x00c36400,  // Ceph
    0x01161970,  // GFS2
    0x7461636f,  // OCFS2
    0x5346414f,  // AFS
    0x6b414653,  // AFS of the kernel
    0x01021997,  // 9p
    0x47504653,  // GPFS
    0x0bd00bd0,  // Lustre
};
struct LocalFileSystem {
  unsigned long number;
  const char* name;
};
constexpr std::array<LocalFileSystem, 13> kLocalFileSystems{{
    {0xef53, "ext"},  // ext2 to ext4
    {0x58465342, "xfs"},
    {0x9123683e, "btrfs"},
    {0x01021994, "tmpfs"},
    {0x858458f6, "ramfs"},
    {0x958458f6, "hugetlbfs"},
    {0xf2f52010, "f2fs"},
    {0x2fc12fc1, "zfs"},
    {0xca451a4e, "bcachefs"},
    {0x794c7630, "overlay"},
    {0x3153464a, "jfs"},
    {0x52654973, "reiserfs"},
    {0x4d44, "vfat"},
}};

/// Where a chain of links ends, without entering it: that may be forbidden to root, too.
fs::path end_of_links(fs::path path) {
  std::error_code code;
  for (int i = 0; i < kMostLinks && fs::is_symlink(fs::symlink_status(path, code)); ++i) {
    const fs::path next = fs::read_symlink(path, code);
    if (code) break;
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  return path;
}

struct Place {
  dev_t device = 0;
  long file_system = 0;
};

/// The file system of the path, or of the nearest folder above it that can be seen.
std::optional<Place> place_of(fs::path path) {
  while (true) {
    struct stat status {};
    struct statfs system {};
    if (stat(path.c_str(), &status) == 0 && statfs(path.c_str(), &system) == 0) {
      return Place{status.st_dev, static_cast<long>(system.f_type)};
    }
    if (!path.has_relative_path()) return std::nullopt;
    path = path.parent_path();
  }
}

}  // namespace

// Types beyond 2^31 come with a sign from kernels of 32 bits.
static unsigned long number_of(long type) {
  constexpr unsigned long kBits = 0xffffffff;
  return static_cast<unsigned long>(type) & kBits;
}

bool is_network_file_system(long type) {
  return std::find(kNetworkFileSystems.begin(), kNetworkFileSystems.end(), number_of(type)) !=
         kNetworkFileSystems.end();
}

std::string local_file_system(long type) {
  const auto* const found =
      std::find_if(kLocalFileSystems.begin(), kLocalFileSystems.end(),
                   [&](const LocalFileSystem& row) { return row.number == number_of(type); });
  return found == kLocalFileSystems.end() ? "" : found->name;
}

std::optional<PathLook> look_at_path(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return std::nullopt;
  const auto here = place_of(fs::path(path).parent_path());
  const auto there = place_of(end_of_links(path));
  if (!here || !there) return std::nullopt;
  return PathLook{S_ISLNK(status.st_mode), here->device != there->device, there->file_system};
}

bool is_hidden_network_disk(const Disk& disk, const PathLook& look) {
  return !disk.readonly && disk.device != "cdrom" && look.link && look.elsewhere &&
         is_network_file_system(look.file_system);
}

void refuse_linked_sources(const std::string& xml, Deadline deadline) {
  const Deadline until = deadline.part(kMostPatience);
  for (const Disk& disk : parse_devices(xml, "the definition").disks) {
    if (!disk.local_path() || !disk.source.starts_with('/')) continue;
    const auto look =
        file_system_of(disk.source).run([path = disk.source] { return look_at_path(path); }, until);
    if (!look || !is_hidden_network_disk(disk, *look)) continue;
    throw Error(Fault::failed,
                "disk " + text::quote(disk.target) + ": " + text::quote(disk.source) +
                    " is a link onto network storage",
                "put the file's own path into the XML");
  }
}

}  // namespace havc::domain
