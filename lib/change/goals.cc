#include "change/goals.h"

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

}  // namespace

std::vector<Goal> goals_of(const Plan& plan, const Wish& wish, const cluster::Status& status,
                           const std::set<std::string>& others) {
  const auto wanted = wishes_of(wish);
  std::map<std::string, Wanted> goals;
  const auto add = [&](const std::string& id) {
    if (const auto found = wanted.find(id); found != wanted.end()) goals[id] = found->second;
  };
  for (const auto& vm : plan.vms) {
    if (vm.kind == VmChange::Kind::add || vm.kind == VmChange::Kind::change) add(vm.id);
  }
  for (const auto& resource : status.resources) {
    const bool selected = !wish.selected || wish.selected->contains(resource.id);
    if (selected && on_its_way(resource)) add(resource.id);
  }
  for (const auto& id : others) add(id);
  for (const auto& id : plan.afterwards) goals[id] = Wanted::disabled;
  std::vector<Goal> result;
  result.reserve(goals.size());
  for (const auto& [id, wish_of_it] : goals) result.push_back({id, wish_of_it});
  return result;
}

}  // namespace havc::change
