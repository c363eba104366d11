#include "change/second_change.h"

#include "base/text.h"
#include "change/merge.h"
#include "change/patch.h"
#include "cluster/configuration.h"

namespace havc::change {

namespace {

constexpr int kMostTries = 5;

void make_sure_that_none_runs(Pacemaker& pacemaker, const std::vector<std::string>& ids,
                              Deadline deadline) {
  const auto status = pacemaker.status(deadline);
  for (const auto& id : ids) {
    const cluster::Resource* resource = status.resource(id);
    if (resource == nullptr) continue;
    const bool idle =
        !resource->active && resource->nodes.empty() && resource->pending == cluster::Pending::none;
    if (!idle) {
      throw Error(Fault::failed, text::quote(id) + " runs again: it was not removed",
                  "look who has started it, and apply again");
    }
  }
}

void remove_once(Pacemaker& pacemaker, const std::vector<std::string>& ids, Deadline deadline) {
  // In this order: a start that was asked for after the look changes the configuration, too.
  const auto cib = pacemaker.cib(deadline);
  make_sure_that_none_runs(pacemaker, ids, deadline);
  const auto merge = removal_of(cib, {ids.begin(), ids.end()});
  if (merge.cib != cib) {
    const auto version = cluster::parse_configuration(cib, "cibadmin").version;
    pacemaker.patch(patch_of(cib, merge.cib, deadline), version, deadline);
  }
  if (!merge.problems.empty()) throw merge.problems.front();
}

}  // namespace

void remove_from_cluster(Pacemaker& pacemaker, const std::vector<std::string>& ids,
                         Deadline deadline) {
  for (int tries = 1;; ++tries) {
    try {
      return remove_once(pacemaker, ids, deadline);
    } catch (const ChangedMeanwhile&) {
      if (tries == kMostTries) throw;
    }
  }
}

}  // namespace havc::change
