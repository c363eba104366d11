// Rules about guests' disks.
#include <set>

#include "health/lint_rule.h"

#include <fmt/format.h>

namespace havc::health {

namespace {

/// Calls for each disk that can be written to.
template <class Check>
void each_disk(const Subject& subject, const Check& check) {
  for (const auto& each : subject.definitions()) {
    for (std::size_t i = 0; i < each.devices.disks.size(); ++i) {
      const auto& disk = each.devices.disks[i];
      const bool written = (disk.device == "disk" || disk.device == "lun") && !disk.readonly &&
                           disk.kind != domain::DiskKind::none;
      if (written) check(each, disk, each.drivers[i]);
    }
  }
}

void cache_mode(const Subject& subject, const Tell& tell) {
  each_disk(subject, [&](const Definition& each, const domain::Disk& disk, const DiskDriver&) {
    if (disk.cache == "none" || disk.cache == "directsync") return;
    tell(each.vm, fmt::format("'{}' has {}", disk.target,
                              disk.cache.empty() ? "no cache mode: QEMU takes writeback"
                                                 : "cache='" + disk.cache + "'"));
  });
}

void error_policy(const Subject& subject, const Tell& tell) {
  each_disk(
      subject, [&](const Definition& each, const domain::Disk& disk, const DiskDriver& driver) {
        const std::string& policy = driver.error_policy;
        if (policy != "enospace" && policy != "stop")
          tell(each.vm,
               fmt::format("'{}' has {}", disk.target,
                           policy.empty() ? "no error_policy" : "error_policy='" + policy + "'"));
      });
}

void format(const Subject& subject, const Tell& tell) {
  each_disk(subject, [&](const Definition& each, const domain::Disk& disk,
                         const DiskDriver& driver) {
    if (driver.format != "raw")
      tell(each.vm,
           fmt::format("'{}' is {}", disk.target,
                       driver.format.empty() ? "of no named format" : "'" + driver.format + "'"));
  });
}

void bus(const Subject& subject, const Tell& tell) {
  each_disk(
      subject, [&](const Definition& each, const domain::Disk& disk, const DiskDriver& driver) {
        // SCSI is virtio's by default on machines that have it.
        if (driver.bus != "virtio" && driver.bus != "scsi")
          tell(each.vm, fmt::format("'{}' is on {}", disk.target,
                                    driver.bus.empty() ? "no named bus" : "'" + driver.bus + "'"));
      });
}

void shared(const Subject& subject, const Tell& tell) {
  std::map<std::string, std::set<std::string>> users;
  each_disk(subject, [&](const Definition& each, const domain::Disk& disk, const DiskDriver&) {
    if (!disk.shareable && !disk.source.empty()) users[disk.source].insert(each.vm);
  });
  for (const auto& [path, guests] : users) {
    if (guests.size() > 1)
      tell(*guests.begin(),
           fmt::format("'{}' is a disk of {}", path, some_of({guests.begin(), guests.end()})));
  }
}

/// A device's own name is often a link: /dev/vg0/web leads to /dev/dm-3, on each node to another.
bool is_device(const std::string& path) {
  return path.starts_with("/dev/");
}

/// What nodes say of the image of a disk.
template <class Check>
void each_image(const Subject& subject, const Check& check) {
  each_disk(subject,
            [&](const Definition& each, const domain::Disk& disk, const DiskDriver& driver) {
              for (const auto& [node, report] : subject.reports()) {
                for (const auto& image : report.images) {
                  if (image.path == disk.source && image.facts.known() &&
                      image.facts->kind != node::ImageKind::missing)
                    check(each, image, driver);
                }
              }
            });
}

void symlink(const Subject& subject, const Tell& tell) {
  each_image(subject, [&](const Definition& each, const node::Image& image, const DiskDriver&) {
    if (!is_device(image.path) && image.facts->real_path != image.path)
      tell(each.vm, fmt::format("'{}' leads to '{}'", image.path, image.facts->real_path));
  });
}

void format_differs(const Subject& subject, const Tell& tell) {
  each_image(
      subject, [&](const Definition& each, const node::Image& image, const DiskDriver& driver) {
        const std::string& seen = image.facts->format;
        if (!seen.empty() && !driver.format.empty() && seen != driver.format)
          tell(each.vm, fmt::format("'{}' is '{}' by its first bytes, and its driver says '{}'",
                                    image.path, seen, driver.format));
      });
}

using enum Severity;
using enum About;

constexpr LintRule kRules[] = {
    {{"disk-bus", vm, hint, "a disk is not on virtio",
      "It costs a CPU at a fraction of the speed, and a guest gives it up after some seconds when "
      "the storage hangs.",
      "write <target bus='virtio'/>, once the guest has its driver"},
     bus},
    {{"disk-cache-mode", vm, warning, "a disk goes through the host's page cache",
      "After a move or a failover two hosts' caches disagree, and what the guest had written is "
      "lost "
      "with its host. libvirt refuses to move it.",
      "write cache='none'"},
     cache_mode},
    {{"disk-error-policy", vm, warning, "a full storage is told to the guest as an error",
      "Its file system becomes read-only, or loses what it cannot write; with 'ignore' it does not "
      "even notice.",
      "write error_policy='enospace': the guest pauses until there is room"},
     error_policy},
    {{"disk-format", vm, hint, "an image is not raw",
      "Its metadata is one more thing that a crash can damage, and it grows when the storage has "
      "no "
      "room.",
      "convert it: qemu-img convert -O raw"},
     format},
    {{"disk-format-differs", vm, error, "an image is not what its driver says",
      "The guest sees an empty disk or garbage, and its first write destroys the image.",
      "correct the driver's type; never start the guest before"},
     format_differs},
    {{"disk-shared", vm, error, "two guests have the same disk",
      "Both write it, and its file system is lost.",
      "give each its own image; a cluster file system's disk has <shareable/>"},
     shared},
    {{"disk-symlink", vm, error, "an image is named through a symbolic link",
      "libvirt takes it for a disk of this host alone and may not see that both sides of a move "
      "share it: the image was damaged so.",
      "name the file itself"},
     symlink},
};

}  // namespace

std::span<const LintRule> disk_rules() {
  return kRules;
}

}  // namespace havc::health
