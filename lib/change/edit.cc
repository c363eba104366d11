#include "change/edit.h"

#include "change/patch.h"
#include "cluster/configuration.h"

namespace havc::change {

void edit_cib(Pacemaker& pacemaker, const std::function<std::string(const std::string& cib)>& edit,
              Deadline deadline) {
  constexpr int kMostTries = 5;
  for (int tries = 1;; ++tries) {
    const auto cib = pacemaker.cib(deadline);
    const auto target = edit(cib);
    if (target == cib) return;
    const auto version = cluster::parse_configuration(cib, "cibadmin").version;
    try {
      return pacemaker.patch(patch_of(cib, target, deadline), version, deadline);
    } catch (const ChangedMeanwhile&) {
      if (tries == kMostTries) throw;
    }
  }
}

}  // namespace havc::change
