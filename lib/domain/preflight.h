// What is in the way of a migration, before anything moves. Pure: what was seen of both sides goes
// in, obstacles come out, the weightiest first. Only what libvirt or QEMU would refuse, or what is
// proven, is an obstacle; what cannot be found out is a doubt, for the log. departure_check.h
// looks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/devices.h"
#include "domain/hypervisor.h"
#include "domain/needs.h"

namespace havc::domain {

/// The target's share of what the devices stand for. `resident_kib`: what the guest occupies here;
/// 0: not known, then memory is asked for hugepages alone, which QEMU takes all at once. Less than
/// the guest was given: a target may well promise more memory than it has.
Needs needs_of(const Devices& devices, std::uint64_t resident_kib);

/// The side that the domain leaves.
struct Departing {
  Devices devices;
  std::string job = {};  ///< as Hypervisor::job has it
  /// Writable disks (by target) in files of file systems that no other host can have mounted:
  /// "vda" and "'/srv/vm1.qcow2' (ext4)".
  struct LocalDisk {
    std::string target;
    std::string where;
  };
  std::vector<LocalDisk> local_disks = {};
  /// What this host lacks of the same needs, while the guest runs on it: a question with this
  /// answer proves nothing of the target either.
  Lacks lacks = {};
};

struct Obstacle {
  std::string problem;
  std::string remedy;
};

struct Obstacles {
  std::vector<Obstacle> certain = {};  ///< the weightiest first
  std::vector<std::string> doubts = {};
};

/// `target` is the node's name, for the words.
Obstacles obstacles(const Departing& here, const Lacks& there, const MigrationPlan& plan,
                    const std::string& target);

}  // namespace havc::domain
