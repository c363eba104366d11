// The verbs of power on the old, synchronous port: all bays in step. For the fronts that have not
// moved to power.h yet; goes with them.
#pragma once

#include <chrono>
#include <vector>

#include "power/bay.h"

namespace havc::power {

/// How gently to switch off.
struct SoftPolicy {
  /// How long an operating system that runs is given to shut down by itself, at most half of the
  /// time there is; 0: power goes at once.
  std::chrono::seconds soft_timeout{0};
};

/// The other side is a chassis of this kind; nothing may be set before. Returns its sysDescr, for
/// messages. Throws Error(misconfigured) when it is something else, and what snmp::get() throws.
std::string check(snmp::Session& session, const Chassis& chassis, Deadline deadline);

/// Every row of the chassis' table, empty bays too. Throws Error(failed) when there is none, and
/// what snmp::rows() throws.
std::vector<Bay> read(snmp::Session& session, const Chassis& chassis, Deadline deadline);

/// Returns once every bay has read exactly off, twice, at least a second apart, in one run. Bays
/// are worked on in parallel; before each command the bay's number, name and presence are read
/// again together with its state. Throws Error(timed_out) when that did not happen by the deadline,
/// misconfigured when a bay became another, permission when the module refuses.
void turn_off(snmp::Session& session, const Chassis& chassis, const std::vector<Bay>& bays,
              SoftPolicy policy, Deadline deadline);

/// Returns once every bay has read on. Throws as turn_off().
void turn_on(snmp::Session& session, const Chassis& chassis, const std::vector<Bay>& bays,
             Deadline deadline);

/// turn_off() at once, then on again as well as it goes within 10 s: a host that was off is fenced,
/// and those who wait for that must not wait for its start. True when it has read on; else a
/// warning was logged.
bool reset(snmp::Session& session, const Chassis& chassis, const std::vector<Bay>& bays,
           Deadline deadline);

}  // namespace havc::power
