#include "domain/preflight.h"

#include <fmt/format.h>
#include <algorithm>

#include "base/text.h"

namespace havc::domain {

namespace {

// Since then libvirt asks QEMU what blocks a migration instead of judging host devices by itself
// (qemuMigrationSrcIsAllowed).
constexpr unsigned long kAsksQemu = 8006000;
// Before that no libvirt moves a virtiofs device; later ones do when virtiofsd can.
constexpr unsigned long kMayMoveVirtiofs = 10000000;

class Judge {
 public:
  Judge(const Departing& here, const Lacks& there, const MigrationPlan& plan,
        const std::string& target)
      : here_(here), there_(there), plan_(plan), target_(target) {}

  Obstacles run() {
    judge_job();
    judge_host_devices();
    judge_folders();
    judge_disks();
    judge_local_disks();
    judge_cpu_mode();
    for (const Lack& lack : there_.found) judge(lack);
    for (const std::string& unknown : there_.unknown) doubt(target_ + " cannot tell: " + unknown);
    return std::move(result_);
  }

 private:
  void refuse(std::string problem, std::string remedy) {
    result_.certain.push_back({std::move(problem), std::move(remedy)});
  }
  void doubt(std::string what) { result_.doubts.push_back(std::move(what)); }

  void judge_job() {
    if (here_.job.empty()) return;
    refuse(here_.job + " of the domain is under way", "wait for it or abort it: virsh domjobinfo");
  }

  // Those that libvirt takes for movable: USB, and what QEMU unplugs by itself.
  void judge_host_devices() {
    for (const HostDevice& device : here_.devices.host_devices) {
      if (device.type == "usb" || device.unplugged) continue;
      const std::string name = device.type + " host device " + text::quote(device.name);
      if (here_.lacks.libvirt == 0 || here_.lacks.libvirt >= kAsksQemu) {
        doubt(name + " may not be movable: QEMU decides");
      } else {
        refuse(name + " cannot be moved", "detach it, or move the machine by stopping it");
      }
    }
  }

  void judge_folders() {
    for (const SharedFolder& folder : here_.devices.folders) {
      const std::string name = folder.driver + " folder " + text::quote(folder.target);
      const bool certain = folder.driver == "virtiofs" && here_.lacks.libvirt > 0 &&
                           here_.lacks.libvirt < kMayMoveVirtiofs;
      if (certain) {
        refuse(name + " cannot be moved", "detach it, or move the machine by stopping it");
      } else {
        // 9p moves as long as the guest has not mounted it, which only QEMU knows.
        doubt(name + " may not be movable: QEMU decides");
      }
    }
  }

  void judge_disks() {
    for (const Disk& disk : here_.devices.disks) {
      const std::string name = "disk " + text::quote(disk.target);
      if (disk.transient) {
        refuse(name + " is transient, which cannot be moved",
               "move the machine by stopping it, or remove <transient/>");
      }
      if (!disk.job.empty()) {
        refuse(name + " has a block job (" + disk.job + ")",
               "wait for it or end it: virsh blockjob");
      }
      judge_cache(disk, name);
    }
  }

  // QEMU 4.0 and later drops the cache at the end; libvirt refuses where it cannot.
  void judge_cache(const Disk& disk, const std::string& name) {
    const bool bypassed = disk.cache == "none" || disk.cache == "directsync";
    const bool harmless = bypassed || disk.readonly || disk.shareable || plan_.unsafe ||
                          disk.kind == DiskKind::network || disk.kind == DiskKind::none;
    if (harmless || disk.cache.empty()) return;
    doubt(name + " has cache='" + disk.cache + "', which old versions of QEMU cannot move safely");
  }

  bool copied(const std::string& disk) const {
    if (plan_.storage == StorageCopy::none) return false;
    return plan_.disks.empty() ||
           std::find(plan_.disks.begin(), plan_.disks.end(), disk) != plan_.disks.end();
  }

  void judge_local_disks() {
    if (plan_.unsafe) return;
    for (const auto& disk : here_.local_disks) {
      if (copied(disk.target)) continue;
      refuse("disk " + text::quote(disk.target) + " is on local storage: " + disk.where,
             "put it on storage that both nodes share");
    }
  }

  void judge_cpu_mode() {
    if (here_.devices.cpu_mode != "host-passthrough") return;
    doubt("the guest has this node's CPU (host-passthrough): " + target_ + " must have the same");
  }

  // The guest runs here, so a lack that is claimed of this host as well is none: libvirt cannot
  // tell (a driver is missing), or compares what it should not.
  bool claimed_here(const Lack& lack) const {
    const bool comparable =
        lack.need == Need::emulator || lack.need == Need::cpu || lack.need == Need::bridge;
    return comparable &&
           std::any_of(here_.lacks.found.begin(), here_.lacks.found.end(), [&](const Lack& own) {
             return own.need == lack.need && own.name == lack.name;
           });
  }

  void judge(const Lack& lack) {
    if (claimed_here(lack)) {
      return doubt(target_ + ", but this node as well: " + sentence(lack));
    }
    refuse(sentence(lack), remedy(lack));
  }

  std::string sentence(const Lack& lack) const {
    const std::string named = text::quote(lack.name) + " " + lack.words + " on " + target_;
    switch (lack.need) {
      case Need::emulator:
        return "QEMU of " + target_ + " cannot run it: " + lack.words;
      case Need::cpu:
        return "CPU of " + target_ + ": " + lack.words;
      case Need::network:
        return "network " + named;
      case Need::pool:
        return "pool " + named;
      case Need::bridge:
        return "bridge " + named;
      case Need::hugepages:
      case Need::memory:
        break;
    }
    return "memory of " + target_ + ": " + lack.words;
  }

  static std::string remedy(const Lack& lack) {
    constexpr const char* kStart = "start it there, or set start_resources=1";
    switch (lack.need) {
      case Need::emulator:
        return "install the same QEMU on both nodes";
      case Need::cpu:
        return "choose a CPU model that all nodes have";
      case Need::network:
        return lack.inactive ? kStart : "define and start it there: virsh net-list --all";
      case Need::pool:
        return lack.inactive ? kStart : "define and start it there: virsh pool-list --all";
      case Need::bridge:
        return "create it there";
      case Need::hugepages:
      case Need::memory:
        break;
    }
    return "free memory there, or move something else away";
  }

  const Departing& here_;
  const Lacks& there_;
  const MigrationPlan& plan_;
  const std::string& target_;
  Obstacles result_;
};

}  // namespace

Needs needs_of(const Devices& devices, std::uint64_t resident_kib) {
  Needs needs;
  needs.type = devices.type;
  needs.arch = devices.arch;
  needs.machine = devices.machine;
  needs.emulator = devices.emulator;
  // host-passthrough and maximum are what the host has: nothing to compare.
  if (devices.cpu_mode == "custom") needs.cpu = devices.cpu;
  needs.networks = devices.networks();
  needs.pools = devices.pools();
  for (const Interface& interface : devices.interfaces) {
    if (interface.virtual_port) continue;
    for (const std::string& name : {interface.bridge, interface.device}) {
      if (!name.empty()) needs.bridges.push_back(name);
    }
  }
  needs.hugepage_kib = devices.hugepage_kib;
  needs.memory_kib = devices.hugepage_kib > 0 ? devices.memory_kib : resident_kib;
  return needs;
}

Obstacles obstacles(const Departing& here, const Lacks& there, const MigrationPlan& plan,
                    const std::string& target) {
  return Judge(here, there, plan, text::quote(target)).run();
}

}  // namespace havc::domain
