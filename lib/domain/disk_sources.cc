#include "domain/disk_sources.h"

#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "base/worker.h"
#include "xml/document.h"

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

std::string source_of(const xml::Element& disk) {
  const auto source = disk.child("source");
  if (!source) return {};
  const std::string file = source->attribute("file").value_or("");
  return file.empty() ? source->attribute("dev").value_or("") : file;
}

bool writable(const xml::Element& disk) {
  const std::string device = disk.attribute("device").value_or("disk");
  return !disk.child("readonly") && device != "cdrom";
}

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

std::vector<DiskSource> disk_sources(const std::string& xml) {
  const auto document = xml::Document::parse(xml, "the definition");
  const auto devices = document.root().child("devices");
  std::vector<DiskSource> sources;
  if (!devices) return sources;
  for (const auto& disk : devices->children("disk")) {
    std::string path = source_of(disk);
    if (!path.starts_with('/')) continue;
    const auto target = disk.child("target");
    std::string name = target ? target->attribute("dev").value_or("") : "";
    sources.push_back(
        {std::move(name), std::move(path), !writable(disk), disk.child("transient").has_value()});
  }
  return sources;
}

bool is_network_file_system(long type) {
  // Types beyond 2^31 come with a sign from kernels of 32 bits.
  constexpr unsigned long kBits = 0xffffffff;
  const unsigned long number = static_cast<unsigned long>(type) & kBits;
  return std::find(kNetworkFileSystems.begin(), kNetworkFileSystems.end(), number) !=
         kNetworkFileSystems.end();
}

std::optional<PathLook> look_at_path(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return std::nullopt;
  const auto here = place_of(fs::path(path).parent_path());
  const auto there = place_of(end_of_links(path));
  if (!here || !there) return std::nullopt;
  return PathLook{S_ISLNK(status.st_mode), here->device != there->device, there->file_system};
}

bool is_hidden_network_disk(const DiskSource& disk, const PathLook& look) {
  return !disk.read_only && look.link && look.elsewhere && is_network_file_system(look.file_system);
}

void refuse_linked_sources(const std::string& xml, Deadline deadline) {
  const Deadline until = deadline.capped(std::min(kMostPatience, deadline.remaining() / 2));
  for (const DiskSource& disk : disk_sources(xml)) {
    Worker looker("the file system of " + text::quote(disk.path));
    const auto look = looker.run([path = disk.path] { return look_at_path(path); }, until);
    if (!look || !is_hidden_network_disk(disk, *look)) continue;
    throw Error(Fault::failed,
                "disk " + text::quote(disk.target) + ": " + text::quote(disk.path) +
                    " is a link onto network storage",
                "put the file's own path into the XML");
  }
}

}  // namespace havc::domain
