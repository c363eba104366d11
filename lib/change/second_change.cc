#include "change/second_change.h"

#include "base/text.h"
#include "change/edit.h"
#include "change/merge.h"

namespace havc::change {

namespace {

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
                  "look who has started it, then call this again");
    }
  }
}

}  // namespace

void remove_from_cluster(Pacemaker& pacemaker, const std::vector<std::string>& ids,
                         Deadline deadline) {
  std::vector<Error> problems;
  const auto without = [&](const std::string& cib) {
    // After the CIB was read: a start that somebody asks for now changes it, too.
    make_sure_that_none_runs(pacemaker, ids, deadline);
    auto merge = removal_of(cib, {ids.begin(), ids.end()});
    problems = std::move(merge.problems);
    return merge.cib;
  };
  edit_cib(pacemaker, without, deadline);
  if (!problems.empty()) throw Error(problems.front());
}

}  // namespace havc::change
