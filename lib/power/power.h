// The verbs of power: each talks to management modules until what was wanted has been read back, or
// its deadline comes. Nothing here knows of command lines or exit codes. Why success is only ever a
// read-back: DESIGN.md.
#pragma once

#include <chrono>
#include <vector>

#include "power/audit.h"
#include "power/link.h"
#include "power/plan.h"

namespace havc::power {

enum class Verify {
  basic,   ///< two readings of the state that the command acts on
  strict,  ///< a second table agrees, and the seconds of being powered on stand still
};
enum class Escalate { none, reseat };

/// How to switch off.
struct OffPolicy {
  /// How long an operating system that runs is given to shut down by itself, at most half of the
  /// time there is; 0: power goes at once, as it does for a scaled plan.
  std::chrono::seconds soft_timeout{0};
  Verify verify = Verify::basic;
  Escalate escalate = Escalate::none;
  bool missing_as_off = false;  ///< a bay that is said to be empty counts as off
};

/// Returns once every bay of the plan has read exactly off, twice, at least a second apart, all of
/// them in one run. Each bay is worked on by itself; before each command its number, name, presence
/// and UUID are read again in one packet with its state. `links` are connected, and the plan's
/// targets count in them; a link may change to another module meanwhile. Throws Error(timed_out)
/// when that did not happen by the deadline, misconfigured when a bay became another or the chassis
/// lacks what `verify` needs, permission when every module refuses. The audit is filled in any
/// case; writing it is the caller's.
void turn_off(std::vector<Link>& links, const Chassis& chassis, const Plan& plan,
              const OffPolicy& policy, Audit& audit, Deadline deadline);

/// Returns once every bay has read on. Throws as turn_off().
void turn_on(std::vector<Link>& links, const Chassis& chassis, const Plan& plan, Audit& audit,
             Deadline deadline);

/// turn_off() without a soft phase, then on again as well as it goes within 10 s: a host that was
/// off is fenced, and those who wait for that must not wait for its start. True when it has read
/// on; else a warning was logged.
bool reset(std::vector<Link>& links, const Chassis& chassis, const Plan& plan,
           const OffPolicy& policy, Audit& audit, Deadline deadline);

}  // namespace havc::power
