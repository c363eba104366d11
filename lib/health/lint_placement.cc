// Rules about where guests may run, and what their preferences really do.
#include <algorithm>

#include "cluster/overview.h"
#include "cluster/status.h"
#include "health/lint_rule.h"

#include <fmt/format.h>

namespace havc::health {

namespace {

std::string score_text(std::int64_t score) {
  return score >= cluster::kInfinity ? "INFINITY" : std::to_string(score);
}

void leftover_constraint(const Subject& subject, const Tell& tell) {
  for (const auto& location : subject.configuration().locations) {
    if (!location.leftover || location.expires) continue;
    const std::string about =
        location.resources.empty() ? location.pattern : location.resources.front();
    const bool bans = location.id.starts_with("cli-ban-");
    tell(about,
         fmt::format("'{}' {} {}", location.id,
                     bans ? "forbids" : "sends it, whatever else is configured, to",
                     location.node.empty() ? "a node" : "'" + location.node + "'"),
         fmt::format("crm_resource --clear --resource {}; say a preference by the key nodes",
                     about));
  }
}

void unknown_node(const Subject& subject, const Tell& tell) {
  const auto names = subject.node_names();
  if (names.empty()) return;
  for (const auto& location : subject.configuration().locations) {
    if (location.node.empty() || contains(names, location.node)) continue;
    const std::string about =
        location.resources.empty() ? location.pattern : location.resources.front();
    tell(about,
         fmt::format("'{}' names '{}', and there is no such node", location.id, location.node));
  }
}

/// The place that a guest likes best; leftovers of moves are told by another rule.
const cluster::Location* best_place(const Subject& subject, const cluster::Primitive& vm) {
  const cluster::Location* best = nullptr;
  for (const auto& location : subject.configuration().locations) {
    const bool prefers = contains(location.resources, vm.id) && location.score.value_or(0) > 0 &&
                         !location.node.empty() && !location.leftover;
    if (prefers && (best == nullptr || *location.score > *best->score)) best = &location;
  }
  return best;
}

void automatic_failback(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    const auto* place = best_place(subject, vm);
    // Pacemaker 2.1's default is 0.
    const auto stickiness =
        cluster::amount_of(subject.meta(vm, "resource-stickiness").value_or("0"));
    const bool sticks = subject.meta(vm, "resource-stickiness") == "INFINITY";
    if (place == nullptr || sticks || *place->score <= stickiness) continue;
    tell(vm.id, fmt::format("prefers '{}' by {}, more than its stickiness {}: it moves there each "
                            "time that node comes back",
                            place->node, score_text(*place->score), stickiness));
  }
}

bool counts_capacity(const Subject& subject) {
  const std::string strategy = subject.option("placement-strategy");
  return strategy == "balanced" || strategy == "utilization" || strategy == "minimal";
}

void node_without_capacity(const Subject& subject, const Tell& tell) {
  if (!counts_capacity(subject)) return;
  for (const auto& name : subject.members()) {
    const auto& capacity = subject.configuration().node(name)->utilization;
    std::vector<std::string> missing;
    for (const auto& vm : subject.configuration().vms) {
      for (const auto& [kind, amount] : vm.utilization) {
        if (capacity.count(kind) == 0 && cluster::amount_of(amount) > 0 && !contains(missing, kind))
          missing.push_back(kind);
      }
    }
    if (!missing.empty())
      tell(name,
           fmt::format("has no utilization {}, which guests ask for: it is given none of them",
                       some_of(missing)));
  }
}

void vm_without_utilization(const Subject& subject, const Tell& tell) {
  if (!counts_capacity(subject)) return;
  for (const auto& vm : subject.configuration().vms) {
    if (vm.utilization.empty()) tell(vm.id, "has no utilization: it counts for nothing");
  }
}

/// "memory" of the first, when both say it and differ.
void compare(const Tell& tell, const cluster::Primitive& vm, const std::string& kind,
             std::uint64_t defined) {
  const auto found = vm.utilization.find(kind);
  if (found == vm.utilization.end() || defined == 0) return;
  const auto counted = static_cast<std::uint64_t>(cluster::amount_of(found->second));
  if (counted != defined)
    tell(vm.id, fmt::format("is defined with {} {}, and counts for {}", kind, defined, counted));
}

void utilization_differs(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    if (subject.definition_of(vm.id) == nullptr) continue;
    compare(tell, vm, "cpu", subject.cpus_of(vm));
    for (const auto* kind : {"memory", "host_memory"})
      compare(tell, vm, kind, subject.memory_of(vm));
  }
}

using enum Severity;
using enum About;

constexpr LintRule kRules[] = {
    {{"automatic-failback", vm, hint, "a guest moves back by itself",
      "Its preference is stronger than its stickiness: as soon as the node is there again, also "
      "when "
      "that is broken and fails every hour, the guest moves to it.",
      "keep preferences (1000) below resource-stickiness (10000), unless that is what you want"},
     automatic_failback},
    {{"leftover-constraint", vm, warning, "a move or ban by hand was never cleared",
      "The guest stays away from a node, or is bound to one, although nobody remembers why; the "
      "next move or clear takes the constraint away.",
      "crm_resource --clear --resource NAME; say a preference by the key nodes"},
     leftover_constraint},
    {{"node-without-capacity", node, warning, "a node has no utilization",
      "Pacemaker counts what is missing as nothing: no guest is ever started there, and one node "
      "less "
      "takes over.",
      "set cpus and memory of the node in the inventory, or: crm_attribute --utilization --node "
      "NODE "
      "--name memory --update MIB"},
     node_without_capacity},
    {{"unknown-node", vm, warning, "a constraint names a node that does not exist",
      "A preference has no effect, and a guest that may only run there runs nowhere.",
      "correct the name; Pacemaker's names are those of crm_node --list"},
     unknown_node},
    {{"utilization-differs", vm, warning, "a guest counts for another size than it has",
      "More guests are started on a node than fit, or fewer; the kernel ends a guest when the "
      "node's memory is used up.",
      "set cpus and memory by the inventory, which changes both"},
     utilization_differs},
    {{"vm-without-utilization", vm, warning, "a guest counts for nothing",
      "It is started on a node that is full.", "give it a utilization of cpu and memory"},
     vm_without_utilization},
};

}  // namespace

std::span<const LintRule> placement_rules() {
  return kRules;
}

}  // namespace havc::health
