// Looks at both sides of a migration before it begins: starts what the target has to have active,
// and refuses when something is in the way (preflight.h decides what is).
#pragma once

#include <string>

#include "base/deadline.h"
#include "domain/link.h"
#include "domain/places.h"
#include "domain/subject.h"

namespace havc::domain {

struct DepartureChecks {
  bool preflight = true;         ///< refuse obstacles
  bool start_resources = false;  ///< start networks and pools on the target first
};

/// One look at each side, within 10 s or a fifth of the time; what cannot be found out is logged.
/// `target` is the node's name. Throws Error(failed) with the weightiest obstacle, or with what
/// does not start on the target; Error(failed) also when the target's libvirt fell silent
/// meanwhile.
void check_departure(const Subject& subject, const std::string& target, const MigrationPlan& plan,
                     const DepartureChecks& checks, const Places& places, Link& here, Link& there,
                     Deadline deadline);

}  // namespace havc::domain
