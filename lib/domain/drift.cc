#include "domain/drift.h"

#include <algorithm>
#include <filesystem>

namespace havc::domain {

namespace {

bool comparable(const Disk& disk) {
  const bool fixed = disk.device == "disk" || disk.device == "lun";
  return fixed && !disk.transient && disk.kind != DiskKind::none && disk.kind != DiskKind::other;
}

// A path as libvirt was given it, but for doubled slashes and the like.
std::string where(const Disk& disk) {
  if (disk.kind == DiskKind::volume) return disk.pool + "/" + disk.volume;
  if (!disk.local_path()) return disk.source;
  return std::filesystem::path(disk.source).lexically_normal().string();
}

// libvirt takes a block device given as a file for what it is, and vice versa.
bool same_kind(const Disk& left, const Disk& right) {
  return left.kind == right.kind || (left.local_path() && right.local_path());
}

}  // namespace

std::optional<Drift> drift(const Devices& live, const Devices& definition) {
  for (const Disk& disk : live.disks) {
    const auto defined = std::find_if(definition.disks.begin(), definition.disks.end(),
                                      [&](const Disk& each) { return each.target == disk.target; });
    if (defined == definition.disks.end() || !comparable(disk) || !comparable(*defined)) continue;
    if (!same_kind(disk, *defined) || where(disk) != where(*defined))
      return Drift{disk.target, where(disk)};
  }
  return std::nullopt;
}

}  // namespace havc::domain
