#include "havc/double.h"

#include <fmt/format.h>

#include "base/text.h"

namespace havc::cli {

namespace {

constexpr std::chrono::seconds kMostForNodes{4};  // as of the views: a node that is off costs it

}  // namespace

std::vector<Outlook> doubles_among(const std::vector<const inventory::Vm*>& vms,
                                   const std::vector<NodeReport>& reports,
                                   const cluster::Overview& overview) {
  using cluster::Word;
  std::vector<Outlook> found;
  for (const auto* vm : vms) {
    if (vm->kind != inventory::Kind::cluster || overview.vm(vm->identity.fqn) == nullptr) continue;
    auto outlook = outlook_of(vm->identity.fqn, vm, reports, overview);
    if (outlook.state->word == Word::duplicate || outlook.state->word == Word::foreign)
      found.push_back(std::move(outlook));
  }
  return found;
}

std::vector<Outlook> doubles_among(const std::vector<const inventory::Vm*>& vms, const Reach& reach,
                                   const cluster::Overview& overview, Deadline deadline) {
  const auto reports = node::ask_nodes(reach.nodes(), {.libvirt = true}, reach.run(),
                                       deadline.capped(kMostForNodes));
  return doubles_among(vms, reports, overview);
}

Error refusal_of(const Outlook& found) {
  const bool twice = found.state->word == cluster::Word::duplicate;
  const std::string node = found.state->nodes.empty() ? "NODE" : found.state->nodes.front();
  const std::string remedy =
      twice ? "end all but one of them by hand ('virsh destroy' on the node that does not belong), "
              "then call this again"
            : fmt::format(
                  "end it there (virsh shutdown {0}, on {1}), or let Pacemaker find it: "
                  "crm_resource --refresh --resource {0} --node {1}; then call this again",
                  found.id, node);
  return {Fault::failed,
          fmt::format("{} is {}: {}{}", text::quote(found.id), cluster::name_of(found.state->word),
                      found.state->reason, twice ? "" : "; it would run twice"),
          remedy};
}

}  // namespace havc::cli
