#include "change/goals.h"

#include <map>

namespace havc::change {

namespace {

using inventory::Wanted;

/// What is wanted of each machine of the cluster.
std::map<std::string, Wanted> wishes_of(const Wish& wish) {
  std::map<std::string, Wanted> wanted;
  for (const auto& vm : wish.inventory.vms) {
    if (vm.kind == inventory::Kind::cluster) wanted[vm.identity.fqn] = vm.wanted;
  }
  for (const auto& id : wish.removals) wanted[id] = Wanted::disabled;
  return wanted;
}

bool on_its_way(const cluster::Resource& resource) {
  return resource.pending != cluster::Pending::none && resource.pending != cluster::Pending::other;
}

bool selected(const Wish& wish, const std::string& id) {
  return !wish.selected || wish.selected->contains(id);
}

using Wishes = std::map<std::string, Wanted>;

std::vector<std::string> on_their_way(const Wishes& wishes, const cluster::Status& status) {
  std::vector<std::string> ids;
  for (const auto& each : status.resources) {
    if (wishes.contains(each.id) && on_its_way(each)) ids.push_back(each.id);
  }
  return ids;
}

/// Pacemaker starts only some at once, so that the others' turn does not show. While one is on its
/// way, another one that runs may be about to be restarted.
std::vector<std::string> unsettled(const Plan& plan, const Wishes& wishes,
                                   const cluster::Status& status) {
  const bool busy = !on_their_way(wishes, status).empty();
  const auto configuration = cluster::parse_configuration(plan.base, "the plan");
  const cluster::Overview overview(status, &configuration);
  std::vector<std::string> ids;
  for (const auto& [id, wanted] : wishes) {
    const auto state = cluster::state_of(overview, {.id = id, .wanted = wanted});
    if (busy || !reached(wanted, state.word)) ids.push_back(id);
  }
  return ids;
}

}  // namespace

std::vector<Goal> goals_of(const Plan& plan, const Wish& wish, const cluster::Status& status,
                           const std::set<std::string>& others, bool settle) {
  const auto wanted = wishes_of(wish);
  std::map<std::string, Wanted> goals;
  const auto add = [&](const std::string& id) {
    if (const auto found = wanted.find(id); found != wanted.end()) goals[id] = found->second;
  };
  for (const auto& vm : plan.vms) {
    if (vm.kind == VmChange::Kind::add || vm.kind == VmChange::Kind::change) add(vm.id);
  }
  auto meant = wanted;
  std::erase_if(meant, [&](const auto& each) { return !selected(wish, each.first); });
  for (const auto& id : settle ? unsettled(plan, meant, status) : on_their_way(meant, status))
    add(id);
  for (const auto& id : others) add(id);
  for (const auto& id : plan.afterwards) goals[id] = Wanted::disabled;
  std::vector<Goal> result;
  result.reserve(goals.size());
  for (const auto& [id, wish_of_it] : goals) result.push_back({id, wish_of_it});
  return result;
}

}  // namespace havc::change
