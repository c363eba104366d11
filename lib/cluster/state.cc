// The words in their order, each with the rule that finds it; longer than others because it is to
// be read from top to bottom.
#include "cluster/state.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cluster/evidence.h"
#include "cluster/reading.h"
#include "cluster/waiting.h"

namespace havc::cluster {

namespace {

/// The reason of a word that is true, which may be empty; nothing when it is not.
using Reason = std::optional<std::string>;

// Seconds. Pacemaker computes 400 machines in 0.7 s; a busy node begins what it is told later.
constexpr std::int64_t kSoon = 15;

class Judge {
 public:
  Judge(const Overview& overview, const Known& known)
      : overview_(overview), status_(overview.status()), known_(known), seen_(overview, known) {}

  State judge() const;

  Reason duplicate() const {
    const auto& where = seen_.anywhere;
    if (where.size() < 2) return {};
    const bool known_pair = seen_.going && !seen_.from.empty() && !seen_.to.empty();
    const bool all_of_pair = std::all_of(where.begin(), where.end(), [&](const std::string& each) {
      return each == seen_.from || each == seen_.to;
    });
    if (known_pair ? all_of_pair : seen_.going && where.size() == 2) return {};
    const std::string both = "active on " + list(where);
    return pending(Pending::stop) ? both + "; Pacemaker stops it"
                                  : both + "; stop it on all but one by hand";
  }

  Reason fencing() const {
    for (const auto& name : seen_.pacemaker) {
      const Node* node = overview_.node(name);
      if (node == nullptr || !node->unclean) continue;
      return text::quote(name) + " is to be fenced: " + fencing_of(name);
    }
    return {};
  }

  Reason foreign() const {
    if (seen_.going) return {};
    for (const auto& name : seen_.libvirt) {
      if (contains(seen_.pacemaker, name)) continue;
      if (!seen_.pacemaker.empty())
        return "runs on " + name + "; Pacemaker says on " + list(seen_.pacemaker);
      if (pending(Pending::start)) continue;
      return "runs on " + name +
             (seen_.configured ? "; Pacemaker says that it does not run"
                               : "; it is not in the cluster");
    }
    const bool orphan = seen_.resource != nullptr && !seen_.configured && !seen_.anywhere.empty();
    if (!orphan || pending(Pending::stop)) return {};
    return "runs on " + list(seen_.anywhere) + "; its configuration is gone" +
           (seen_.resource->managed ? ", and Pacemaker will stop it" : ", and Pacemaker leaves it");
  }

  Reason blocked() const {
    if (seen_.resource == nullptr || !seen_.resource->blocked) return {};
    return failure().value_or("Pacemaker waits for an administrator") +
           "; then 'crm_resource --cleanup'";
  }

  Reason migrating() const {
    if (!seen_.going) return {};
    return seen_.going_unknown ? "not by the cluster" : "";
  }

  Reason starting() const {
    if (pending(Pending::start)) return "";
    return about_to_start() ? Reason("not begun yet") : Reason();
  }

  Reason stopping() const {
    if (pending(Pending::stop)) return "";
    const bool to_be = wanted_down() && !seen_.pacemaker.empty() && seen_.resource->managed &&
                       !seen_.resource->failed;
    return to_be ? Reason("not begun yet") : Reason();
  }

  Reason maintenance() const {
    if (!seen_.configured) return {};
    if (status_.maintenance_mode) return "the cluster is in maintenance (maintenance-mode=true)";
    for (const auto& name : seen_.pacemaker) {
      const Node* node = overview_.node(name);
      if (node != nullptr && node->maintenance) return text::quote(name) + " is in maintenance";
    }
    const bool own = (seen_.resource != nullptr && seen_.resource->maintenance) ||
                     meta_says("maintenance", true);
    return own ? Reason("its own (maintenance=true)") : Reason();
  }

  Reason unmanaged() const {
    if (!seen_.configured || seen_.resource == nullptr || seen_.resource->managed) return {};
    return meta_says("is-managed", false) ? "its own (is-managed=false)" : "is-managed=false";
  }

  Reason failed() const {
    if (!seen_.configured || seen_.resource == nullptr) return {};
    if (seen_.pacemaker.empty()) return wanted_down() ? Reason() : failure();
    if (seen_.resource->failed) return failure().value_or("its last operation failed");
    if (seen_.anywhere.empty()) {
      return "does not run on " + list(seen_.denied) + ", and Pacemaker has not noticed" +
             words_of(seen_.denied.front());
    }
    const Sighting* sight = sighting(seen_.anywhere.front());
    const bool crashed =
        sight != nullptr && sight->holds_guest() && sight->domain.state == domain::State::crashed;
    return crashed ? Reason(domain::describe(sight->domain)) : Reason();
  }

  Reason paused() const {
    if (seen_.anywhere.empty()) return {};
    const Sighting* sight = sighting(seen_.anywhere.front());
    if (sight == nullptr || !sight->holds_guest()) return {};
    const auto state = sight->domain.state;
    const bool still = state == domain::State::paused || state == domain::State::pmsuspended;
    return still ? Reason(domain::describe(sight->domain)) : Reason();
  }

  Reason started() const {
    if (seen_.anywhere.empty()) return {};
    const Node* node = overview_.node(seen_.anywhere.front());
    if (node == nullptr || node->ready()) return "";
    return text::quote(node->name) + (node->online ? " takes nothing new" : " is offline");
  }

  Reason disabled() const { return !seen_.configured && known_.wanted ? Reason("") : Reason(); }
  Reason undefined() const { return seen_.configured ? Reason() : Reason(""); }

  Reason stopped() const {
    if (!wanted_down()) return {};
    return status_.stop_all_resources ? "stop-all-resources=true" : "";
  }

  Reason waiting() const { return why_waiting(overview_, known_.id); }

 private:
  const Overview& overview_;
  const Status& status_;
  const Known& known_;
  Evidence seen_;

  bool pending(Pending what) const {
    return seen_.resource != nullptr && seen_.resource->pending == what;
  }

  /// What Pacemaker is going to do is nowhere to be read. It takes a moment between a stop and the
  /// start elsewhere, after a change, and longer while it has others to do.
  bool about_to_start() const {
    const bool idle = seen_.resource != nullptr && seen_.configured && seen_.resource->managed &&
                      seen_.pacemaker.empty() && seen_.anywhere.empty();
    if (!idle || wanted_down() || maintenance()) return false;
    const Deed* last = overview_.last_deed(known_.id);
    // A start that is done: the configuration is read a moment after crm_mon.
    const bool done = last != nullptr && last->done;
    if (failure() && !done) return false;
    const bool soon =
        status_.works() || (done && recent(*last)) ||
        (status_.changed_ago && *status_.changed_ago >= 0 && *status_.changed_ago <= kSoon);
    return soon && may_run_somewhere(overview_, known_.id);
  }

  /// Two nodes' clocks are compared; pacemakerd's own is some seconds late.
  bool recent(const Deed& deed) const {
    constexpr std::int64_t kMilliseconds = 1000;
    if (!status_.now) return false;
    const auto took = static_cast<std::int64_t>(deed.took) / kMilliseconds;
    const auto ago = *status_.now - static_cast<std::int64_t>(deed.begun) - took;
    return ago <= kSoon && ago >= -kSoon;
  }

  bool wanted_down() const {
    const bool by_role = seen_.resource != nullptr &&
                         text::equal_ignoring_case(seen_.resource->target_role, "stopped");
    return by_role || (seen_.configured && status_.stop_all_resources);
  }

  const Sighting* sighting(const std::string& node) const {
    const auto found = std::find_if(known_.sightings.begin(), known_.sightings.end(),
                                    [&](const Sighting& each) { return each.node == node; });
    return found == known_.sightings.end() ? nullptr : &*found;
  }

  /// ": shut off (…)" where libvirt has a definition.
  std::string words_of(const std::string& node) const {
    const Sighting* sight = sighting(node);
    const bool here = sight != nullptr && sight->answer == Sighting::Answer::here;
    return here ? ": " + domain::describe(sight->domain) : "";
  }

  bool meta_says(const std::string& name, bool value) const {
    const Primitive* vm = overview_.vm(known_.id);
    if (vm == nullptr) return false;
    const auto found = vm->meta.find(name);
    return found != vm->meta.end() && boolean(found->second) == value;
  }

  /// What has failed last, where and why; nothing without a failure.
  Reason failure() const {
    const Failure* failure = overview_.failure(known_.id);
    if (failure != nullptr)
      return failure->task + " failed on " + failure->node + ": " + failure->reason;
    const FailCount* count = overview_.fail_count(known_.id);
    return count == nullptr ? Reason() : Reason("failed on " + count->node);
  }

  std::string fencing_of(const std::string& node) const {
    if (!status_.stonith_enabled)
      return "fencing is disabled; see that it is off, then 'stonith_admin --confirm " + node + "'";
    if (!status_.quorate) return "no quorum";
    std::string words = "not begun";
    for (const auto& each : status_.fencing) {
      if (each.target != node || each.progress == Fencing::Progress::success) continue;
      if (each.progress == Fencing::Progress::failed) {
        return "failed at " + each.when + (each.reason.empty() ? "" : ": " + each.reason) +
               ", and is tried again";
      }
      words = each.action + " goes on";
    }
    return words;
  }

  std::vector<std::string> doubts() const;
};

struct Row {
  Word word;
  std::string_view name;
  Reason (Judge::*holds)() const;
};

constexpr std::array<Row, kWordCount> kRows{{
    {Word::duplicate, "duplicate", &Judge::duplicate},
    {Word::fencing, "fencing", &Judge::fencing},
    {Word::foreign, "foreign", &Judge::foreign},
    {Word::blocked, "blocked", &Judge::blocked},
    {Word::migrating, "migrating", &Judge::migrating},
    {Word::starting, "starting", &Judge::starting},
    {Word::stopping, "stopping", &Judge::stopping},
    {Word::maintenance, "maintenance", &Judge::maintenance},
    {Word::unmanaged, "unmanaged", &Judge::unmanaged},
    {Word::failed, "failed", &Judge::failed},
    {Word::paused, "paused", &Judge::paused},
    {Word::started, "started", &Judge::started},
    {Word::disabled, "disabled", &Judge::disabled},
    {Word::undefined, "undefined", &Judge::undefined},
    {Word::stopped, "stopped", &Judge::stopped},
    {Word::waiting, "waiting", &Judge::waiting},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].word) != i) return false;
  }
  return true;
}
static_assert(in_order());

State Judge::judge() const {
  State state;
  for (const auto& row : kRows) {
    const Reason reason = (this->*row.holds)();
    if (!reason) continue;
    state.word = row.word;
    state.reason = *reason;
    break;  // waiting always holds
  }
  state.nodes = seen_.anywhere;
  if (state.word == Word::migrating) {
    state.from = seen_.from;
    state.to = seen_.to;
  }
  if (const FailCount* count = overview_.fail_count(known_.id)) {
    state.fail_count = count->count;
    state.fail_node = count->node;
  }
  state.failure = failure().value_or("");
  state.doubts = doubts();
  return state;
}

std::vector<std::string> Judge::doubts() const {
  std::vector<std::string> result;
  if (!status_.dc) {
    result.push_back("the cluster has no controller: what Pacemaker says may be old");
  } else if (!status_.quorate) {
    result.push_back("no quorum: nodes that are not reached may say something else");
  }
  if (!seen_.silent.empty()) result.push_back("libvirt did not answer on " + list(seen_.silent));
  if (!seen_.denied.empty()) {
    result.push_back("Pacemaker says that it is active on " + list(seen_.denied) +
                     ", libvirt that it is not");
  }
  const Migration* stranded = overview_.stranded(known_.id);
  const bool moved =
      stranded != nullptr && !seen_.going && !contains(seen_.pacemaker, stranded->to);
  const Sighting* there = moved ? sighting(stranded->to) : nullptr;
  if (moved && (there == nullptr || there->answer == Sighting::Answer::none)) {
    result.push_back("it was migrated to " + stranded->to +
                     ", and Pacemaker has not heard of it there: look whether it runs there");
  }
  if (seen_.configured && seen_.resource == nullptr)
    result.push_back("crm_mon does not know it, the configuration does");
  const bool lost = overview_.configuration() != nullptr && overview_.vm(known_.id) == nullptr;
  if (lost && seen_.resource != nullptr && !seen_.resource->orphaned) {
    result.push_back("crm_mon knows it, the configuration does not");
  }
  return result;
}

}  // namespace

std::string_view name_of(Word word) {
  return kRows[static_cast<std::size_t>(word)].name;
}

State state_of(const Overview& overview, const Known& known) {
  return Judge(overview, known).judge();
}

bool as_wanted(inventory::Wanted wanted, Word word) {
  switch (wanted) {
    case inventory::Wanted::started:
      return word == Word::started || word == Word::starting || word == Word::migrating;
    case inventory::Wanted::stopped:
      return word == Word::stopped || word == Word::stopping;
    case inventory::Wanted::disabled:
      return word == Word::disabled;
  }
  return false;
}

}  // namespace havc::cluster
