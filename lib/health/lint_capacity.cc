// Rules about how much nodes have and guests want.
#include <algorithm>

#include "cluster/overview.h"
#include "health/lint_rule.h"

#include <fmt/format.h>

namespace havc::health {

namespace {

bool wants_to_run(const Subject& subject, const cluster::Primitive& vm) {
  return subject.meta(vm, "target-role") != "Stopped";
}

/// Nothing is concluded of nodes whose size nobody has said.
void memory_exceeds_nodes(const Subject& subject, const Tell& tell) {
  std::uint64_t most = 0;
  for (const auto& node : subject.members()) {
    const auto memory = subject.memory_of(node);
    if (memory == 0) return;
    most = std::max(most, memory);
  }
  for (const auto& vm : subject.configuration().vms) {
    const auto memory = subject.memory_of(vm);
    if (most > 0 && memory > most)
      tell(vm.id, fmt::format("has {} MiB, and no node has more than {}", memory, most));
  }
}

void cpus_exceed_node(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    const auto wanted = subject.cpus_of(vm);
    std::vector<std::string> smaller;
    for (const auto& node : subject.members()) {
      const auto cpus = subject.cpus_of(node);
      if (cpus > 0 && cpus < wanted) smaller.push_back(node);
    }
    if (!smaller.empty())
      tell(vm.id, fmt::format("has {} virtual CPUs, more than {}", wanted, some_of(smaller)));
  }
}

/// Where guests are now; without a status, nowhere.
void cpu_overcommit(const Subject& subject, const Tell& tell) {
  if (subject.status() == nullptr) return;
  for (const auto& node : subject.members()) {
    const auto cpus = subject.cpus_of(node);
    std::uint64_t wanted = 0;
    std::vector<std::string> wide;
    for (const auto& vm : subject.configuration().vms) {
      const auto* resource = subject.status()->resource(vm.id);
      if (resource == nullptr || !contains(resource->nodes, node)) continue;
      wanted += subject.cpus_of(vm);
      if (subject.cpus_of(vm) >= 2) wide.push_back(vm.id);
    }
    if (cpus > 0 && wanted > cpus && !wide.empty())
      tell(node, fmt::format("has {} CPUs for {} virtual ones; guests with several: {}", cpus,
                             wanted, some_of(wide)));
  }
}

struct Sum {
  std::int64_t all = 0;
  std::int64_t biggest = 0;
  std::string biggest_node = {};
};

/// Of the nodes that say it; nothing when one does not: another rule tells.
std::optional<Sum> capacity_of(const Subject& subject, const std::string& kind) {
  Sum sum;
  for (const auto& name : subject.members()) {
    const auto& values = subject.configuration().node(name)->utilization;
    const auto found = values.find(kind);
    if (found == values.end()) return {};
    const auto amount = cluster::amount_of(found->second);
    sum.all += amount;
    if (amount > sum.biggest) {
      sum.biggest = amount;
      sum.biggest_node = name;
    }
  }
  return sum;
}

void no_spare_node(const Subject& subject, const Tell& tell) {
  std::map<std::string, std::int64_t> wanted;
  for (const auto& vm : subject.configuration().vms) {
    if (!wants_to_run(subject, vm)) continue;
    for (const auto& [kind, amount] : vm.utilization) wanted[kind] += cluster::amount_of(amount);
  }
  for (const auto& [kind, amount] : wanted) {
    const auto sum = capacity_of(subject, kind);
    if (sum && sum->biggest > 0 && amount > sum->all - sum->biggest)
      tell("", fmt::format("without '{}' there is {} {} for guests that want {}", sum->biggest_node,
                           kind, sum->all - sum->biggest, amount));
  }
}

using enum Severity;
using enum About;

constexpr LintRule kRules[] = {
    {{"cpu-overcommit", node, warning, "guests with several virtual CPUs share too few",
      "A virtual CPU that waits for a lock holds up the others of its guest, which wait for it in "
      "turn: guests with several slow down far more than by their share.",
      "move some of its guests to other nodes, or give them fewer virtual CPUs"},
     cpu_overcommit},
    {{"cpus-exceed-node", vm, warning, "a guest has more virtual CPUs than a node has CPUs",
      "On such a node its virtual CPUs wait for each other, or it is not started there at all.",
      "give it fewer virtual CPUs, or keep it off these nodes"},
     cpus_exceed_node},
    {{"memory-exceeds-nodes", vm, error, "a guest has more memory than any node",
      "It can be started nowhere, or ends when the node's memory is used up.",
      "give it less memory"},
     memory_exceeds_nodes},
    {{"no-spare-node", cluster, hint, "the loss of the biggest node leaves too little room",
      "When it fails, some guests stay down until it is back; those of small priority first.",
      "add memory or a node, or give the guests that may stay down a smaller priority"},
     no_spare_node},
};

}  // namespace

std::span<const LintRule> capacity_rules() {
  return kRules;
}

}  // namespace havc::health
