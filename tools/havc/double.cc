#include "havc/double.h"

#include <fmt/format.h>

#include "base/text.h"
#include "change/await.h"

namespace havc::cli {

namespace {

constexpr std::chrono::seconds kMostForNodes{4};  // as of the views: a node that is off costs it

/// `vm` is none for one that has no file any more.
void add_if_double(const std::string& id, const inventory::Vm* vm,
                   const std::vector<NodeReport>& reports, const cluster::Overview& overview,
                   std::vector<Outlook>& found) {
  if (vm != nullptr && vm->kind != inventory::Kind::cluster) return;
  const bool is_to_come = vm != nullptr && vm->wanted != inventory::Wanted::disabled;
  if (is_to_come && overview.vm(id) == nullptr) return;
  auto outlook = outlook_of(id, vm, reports, overview);
  if (is_double(outlook)) found.push_back(std::move(outlook));
}

}  // namespace

std::vector<Outlook> doubles_among(const std::vector<const inventory::Vm*>& vms, const Reach& reach,
                                   const cluster::Overview& overview, Deadline deadline) {
  const auto reports = node::ask_nodes(reach.nodes(), {.libvirt = true}, reach.run(),
                                       deadline.capped(kMostForNodes));
  std::vector<Outlook> found;
  for (const auto* vm : vms) add_if_double(vm->identity.fqn, vm, reports, overview, found);
  return confirmed(std::move(found), reports, reach, deadline);
}

std::vector<Outlook> confirmed(std::vector<Outlook> found, const std::vector<NodeReport>& reports,
                               const Reach& reach, Deadline deadline) {
  if (found.empty()) return found;
  const auto asked = reach.ask(deadline);
  return doubles_still(std::move(found), reports, {asked.status, &asked.configuration});
}

std::vector<Outlook> doubles_still(std::vector<Outlook> found,
                                   const std::vector<NodeReport>& reports,
                                   const cluster::Overview& later) {
  look_again(found, reports, later);
  std::erase_if(found, [](const Outlook& each) { return !is_double(each); });
  return found;
}

std::vector<Outlook> doubles_of(const change::Wish& wish, const std::vector<NodeReport>& reports,
                                const cluster::Overview& overview) {
  std::vector<Outlook> found;
  auto without_file = wish.removals;
  for (const auto& vm : wish.inventory.vms) {
    const std::string& id = vm.identity.fqn;
    without_file.erase(id);
    if (!wish.selected || wish.selected->contains(id))
      add_if_double(id, &vm, reports, overview, found);
  }
  for (const auto& id : without_file) add_if_double(id, nullptr, reports, overview, found);
  return found;
}

std::string words_of(const Outlook& found) {
  return fmt::format("{} is {}: {}", found.id, cluster::name_of(found.state->word),
                     found.state->reason);
}

namespace {

/// Asked a moment apart, the cluster and libvirt may disagree of what has just begun.
std::string way_out(const Outlook& found, bool twice) {
  const std::string again =
      fmt::format("look again ('havc status {}'); if it still is so, ", found.id);
  if (twice)
    return again +
           "end all but one of them by hand ('virsh destroy' on the node that does not "
           "belong), then call this again";
  const std::string node = found.state->nodes.empty() ? "NODE" : found.state->nodes.front();
  return again + fmt::format(
                     "end it there (virsh shutdown {0}, on {1}), or let Pacemaker find it: "
                     "crm_resource --refresh --resource {0} --node {1}; then call this again",
                     found.id, node);
}

}  // namespace

Error refusal_of(const Outlook& found, const cluster::Status& status) {
  const bool twice = found.state->word == cluster::Word::duplicate;
  const std::string remedy = change::at_rest(status)
                                 ? way_out(found, twice)
                                 : "Pacemaker is at work, and may not have seen all yet: call this "
                                   "again when 'havc status' shows nothing that goes on";
  return {Fault::failed,
          fmt::format("{} is {}: {}{}", text::quote(found.id), cluster::name_of(found.state->word),
                      found.state->reason, twice ? "" : "; it would run twice"),
          remedy};
}

}  // namespace havc::cli
