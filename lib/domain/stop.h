// Stops a domain: asks the guest while there is time, then destroys it; without libvirt ends the
// verified process. Success is only ever seen, never assumed.
#pragma once

#include <string>

#include "base/deadline.h"
#include "domain/hypervisor.h"
#include "domain/places.h"
#include "domain/shutdown_method.h"
#include "domain/subject.h"

namespace havc::domain {

struct StopPolicy {
  bool force = false;      ///< do not ask the guest
  bool wake_guest = true;  ///< press ESC first: a sleeping screen swallows the power button
  ShutdownMethods methods = {};  ///< ways to ask, in this order; empty: libvirt's choice
  std::string snapshot = {};     ///< folder: the guest is saved there instead of asked, within the
                                 ///< same time; empty: not. `force` wins
  /// Kept for destroying and killing; zero: computed by stop_budget.
  Duration kill_reserve = Duration::zero();
  /// The time the cluster allows for the whole stop, from which the reserve follows; zero: the
  /// deadline's.
  Duration timeout = Duration::zero();
};

struct StopBudget {
  Duration kill_reserve;  ///< for destroy, SIGKILL and looking, at the end
  Duration own_kill;  ///< the last part of it: no more waiting for libvirt's destroy, SIGKILL by
                      ///< ourselves
};

/// Pure. `total`: the time the cluster allows. Up to 90 s the reserve is 10 s; above, max(20 s, 15
/// s + 2 s for each device that is handed through), since libvirt resets those on the way down;
/// never more than half of the time.
StopBudget stop_budget(Duration total, const StopPolicy& policy, int host_devices);

/// saved: its memory is in the image of StopPolicy::snapshot.
enum class Stopped { already, gracefully, forcibly, saved };

/// Throws Error(failed) for a QEMU that cannot be killed, Error(timed_out) when libvirt and /proc
/// still disagree at the deadline, Error(failed) when nothing can be seen at all. Drops the note of
/// the resource when it is done.
Stopped stop(const Subject& subject, const StopPolicy& policy, const Connect& connect,
             const Places& places, Deadline deadline);

}  // namespace havc::domain
