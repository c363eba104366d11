// A change of the configuration as it is at that moment, whatever else is in it.
#pragma once

#include <functional>
#include <string>

#include "change/pacemaker.h"

namespace havc::change {

/// Reads the configuration, has `edit` make another text of it (the same: nothing is done) and
/// makes the change with a guard; begins anew when somebody else was faster, up to 5 times. Throws
/// what `edit`, patch_of and Pacemaker::patch throw.
void edit_cib(Pacemaker& pacemaker, const std::function<std::string(const std::string& cib)>& edit,
              Deadline deadline);

}  // namespace havc::change
