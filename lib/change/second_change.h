// The second change of an apply: what has stopped goes out of the configuration.
#pragma once

#include <string>
#include <vector>

#include "change/pacemaker.h"

namespace havc::change {

/// Looks that none of `ids` runs, then deletes resources, constraints and references in one guarded
/// change; begins anew when somebody else was faster, up to 5 times. Throws Error(failed) when one
/// runs again, and when something that somebody else made would break (the others have gone
/// then).
void remove_from_cluster(Pacemaker& pacemaker, const std::vector<std::string>& ids,
                         Deadline deadline);

}  // namespace havc::change
