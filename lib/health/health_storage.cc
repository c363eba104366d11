// Rules about the folders of the images, on every node: there, answering, the same, with room.

#include "base/text.h"
#include "health/health_rule.h"

#include <fmt/format.h>

namespace havc::health {

namespace {

using enum About;
using enum Severity;

constexpr char kMissing[] = "No such file or directory";  // ENOENT, as the node says it

template <class Look>
void each_mount(const Situation& situation, Look look) {
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    for (const auto& mount : report.mounts) look(node, mount);
  });
}

void missing(const Situation& situation, const Tell& tell) {
  each_mount(situation, [&](const std::string& node, const node::Mount& mount) {
    if (mount.space.doubtful() && mount.space.unknown == kMissing) {
      tell(node, fmt::format("there is no {}", text::quote(mount.folder)));
    }
  });
}

void hangs(const Situation& situation, const Tell& tell) {
  each_mount(situation, [&](const std::string& node, const node::Mount& mount) {
    if (!mount.space.doubtful() || mount.space.unknown == kMissing) return;
    tell(node, fmt::format("{} ({} on {}): {}", text::quote(mount.folder), mount.type,
                           text::quote(mount.mounted_on), mount.space.unknown));
  });
}

// It lies on the root file system here, and on another one elsewhere.
void not_mounted(const Situation& situation, const Tell& tell) {
  std::map<std::string, std::string> mounted;
  each_mount(situation, [&](const std::string&, const node::Mount& mount) {
    if (mount.mounted_on != "/") mounted[mount.folder] = mount.type;
  });
  each_mount(situation, [&](const std::string& node, const node::Mount& mount) {
    const auto elsewhere = mounted.find(mount.folder);
    if (mount.mounted_on != "/" || elsewhere == mounted.end()) return;
    tell(node, fmt::format("nothing is mounted at {}; on other nodes, {} is",
                           text::quote(mount.folder), elsewhere->second));
  });
}

void read_only(const Situation& situation, const Tell& tell) {
  each_mount(situation, [&](const std::string& node, const node::Mount& mount) {
    if (mount.read_only) tell(node, text::quote(mount.folder) + " is mounted read-only");
  });
}

void differs(const Situation& situation, const Tell& tell) {
  std::map<std::string, std::map<std::string, std::string>> by_folder;
  each_mount(situation, [&](const std::string& node, const node::Mount& mount) {
    // A local file system's device has a name of each node's own.
    if (mount.type.starts_with("nfs") || mount.type == "ceph" || mount.type == "cifs") {
      by_folder[mount.folder][node] = mount.source;
    }
  });
  for (const auto& [folder, sources] : by_folder) {
    tell_odd_ones(sources, "the source of " + text::quote(folder), tell);
  }
}

bool below(std::uint64_t free, std::uint64_t all, std::uint64_t percent) {
  constexpr std::uint64_t kHundred = 100;
  return all > 0 && free / percent < all / kHundred;
}

/// A full file system is found as full alone.
constexpr std::uint64_t kLow = 10;  // %
constexpr std::uint64_t kFull = 1;  // %

void tell_room(const Situation& situation, const Tell& tell,
               bool (*meant)(std::uint64_t, std::uint64_t)) {
  constexpr std::uint64_t kMebibyte = 1 << 20;
  each_mount(situation, [&](const std::string& node, const node::Mount& mount) {
    if (!mount.space.known()) return;
    const node::Space& space = *mount.space;
    if (meant(space.free_bytes, space.bytes)) {
      tell(node, fmt::format("{}: {} of {} MiB are free", text::quote(mount.folder),
                             space.free_bytes / kMebibyte, space.bytes / kMebibyte));
    } else if (meant(space.free_inodes, space.inodes)) {
      tell(node, fmt::format("{}: {} of {} inodes are free", text::quote(mount.folder),
                             space.free_inodes, space.inodes));
    }
  });
}

void full(const Situation& situation, const Tell& tell) {
  tell_room(situation, tell,
            [](std::uint64_t free, std::uint64_t all) { return below(free, all, kFull); });
}

void low(const Situation& situation, const Tell& tell) {
  tell_room(situation, tell, [](std::uint64_t free, std::uint64_t all) {
    return below(free, all, kLow) && !below(free, all, kFull);
  });
}

constexpr HealthRule kRules[] = {
    {{"storage-differs", node, error, "a node has another storage at the same place",
      "A guest that moves there finds another image, or an old one.",
      "mount the same volume on all nodes"},
     differs},
    {{"storage-full", node, error, "a storage is full",
      "Guests that write are paused until there is room.",
      "make room: see 'df -h' and 'df -i'; guests go on by themselves or by 'virsh resume'"},
     full},
    {{"storage-hangs", node, error, "a storage does not answer",
      "Guests on it stand still; agents that touch it time out.",
      "see that its server and the network to it work; look at 'dmesg' on the node"},
     hangs},
    {{"storage-low", node, warning, "a storage has little room left",
      "When it is full, guests that write are paused.", "make room, or enlarge the volume"},
     low},
    {{"storage-missing", node, error, "a folder for images is missing on a node",
      "No guest of that zone starts there.", "make the folder, and mount the storage there"},
     missing},
    {{"storage-not-mounted", node, error, "a storage is not mounted on a node",
      "Guests do not start there; what is written into the folder fills the root file system.",
      "mount it, and put it into /etc/fstab"},
     not_mounted},
    {{"storage-read-only", node, error, "a storage cannot be written on a node",
      "Guests that come there get errors of their disks.", "mount it for reading and writing"},
     read_only},
};

}  // namespace

std::span<const HealthRule> storage_rules() {
  return kRules;
}

}  // namespace havc::health
