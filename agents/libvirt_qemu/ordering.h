// At shutdown, Pacemaker has to end, and its guests with it, before libvirt's daemons do and before systemd ends the guests itself. systemd learns
// that from a drop-in for resource-agents-deps.target, after which pacemaker.service and pacemaker_remote.service are ordered.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/deadline.h"

namespace havc::libvirt_qemu {

struct SystemdPlaces {
  /// Folders of unit files; the first that has a unit decides (systemd.unit(5)).
  std::vector<std::string> units{"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                 "/lib/systemd/system"};
  /// Where drop-ins of this boot go; it exists only where systemd is the init (sd_booted(3)). Empty: leave systemd alone.
  std::string runtime = "/run/systemd/system";
};

/// Which units the guests depend on, of those that this host could have: installed and not masked.
std::set<std::string> units_of_guests(const std::vector<std::string>& folders);

/// The drop-in for a host with these units; empty without any. Pure.
std::string ordering_drop_in(const std::set<std::string>& units);

/// Writes the drop-in and makes systemd read it, if it is not there already. Never throws: a failure is a warning, and the next start tries again.
void arrange_ordering(const SystemdPlaces& places, Deadline deadline) noexcept;

}  // namespace havc::libvirt_qemu
