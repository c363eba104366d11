#include "cluster/waiting.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cluster/reading.h"

namespace havc::cluster {

namespace {

bool about(const Location& location, const Primitive& vm) {
  return std::any_of(
      location.resources.begin(), location.resources.end(), [&](const std::string& id) {
        return id == vm.id ||
               std::find(vm.parents.begin(), vm.parents.end(), id) != vm.parents.end();
      });
}

std::string condition_of(const Node& node) {
  if (node.unclean) return "to be fenced";
  if (!node.online) return "offline";
  if (node.shutdown) return "shutting down";
  if (node.pending) return "joining";
  if (node.maintenance) return "maintenance";
  if (node.standby || node.standby_on_failure) return "standby";
  return {};
}

/// An attribute that the node must have, and has neither for now nor for good.
std::string missing_of(const Overview& overview, const Location& location,
                       const std::string& node) {
  const auto& configuration = *overview.configuration();
  const auto told = configuration.transient.find(node);
  if (told == configuration.transient.end()) return {};  // nobody has said
  const auto* configured = configuration.node(node);
  for (const auto& name : location.required) {
    const bool for_good = configured != nullptr && configured->attributes.contains(name);
    if (for_good || told->second.contains(name)) continue;
    return "no attribute " + text::quote(name) + " yet, which " + text::quote(location.id) +
           " asks for";
  }
  return {};
}

/// What a constraint says against the node; without a rule for all, that none is for it.
std::string constraint_of(const Overview& overview, const Primitive& vm, const std::string& node) {
  bool wanted = false;
  for (const auto& each : overview.configuration()->locations) {
    if (!about(each, vm)) continue;
    if (auto missing = missing_of(overview, each, node); !missing.empty()) return missing;
    if (each.node != node || !each.score) continue;
    if (*each.score <= -kInfinity) {
      return (each.leftover ? "banned by leftover " : "banned by ") + text::quote(each.id) +
             (each.expires ? " until it expires" : "");
    }
    wanted |= *each.score >= 0;
  }
  return wanted || overview.status().symmetric ? "" : "no constraint allows it";
}

std::string capacity_of(const Overview& overview, const Primitive& vm, const std::string& node) {
  const auto strategy = overview.configuration()->options.find("placement-strategy");
  if (strategy == overview.configuration()->options.end() || strategy->second == "default")
    return {};
  for (const auto& [kind, value] : vm.utilization) {
    if (overview.left(node, kind) >= amount_of(value)) continue;
    std::string words = "less ";
    return words.append(kind).append(" than ").append(value);
  }
  return {};
}

/// As often as migration-threshold says; without one, Pacemaker counts the failures alone, but for
/// that of a start, which it counts as INFINITY.
bool given_up(const Overview& overview, const Primitive& vm, const std::string& node) {
  std::int64_t most = kInfinity;
  for (const auto& values : {overview.configuration()->resource_defaults, vm.meta}) {
    const auto found = values.find("migration-threshold");
    if (found == values.end()) continue;
    const auto number = score(found->second);
    most = number && *number > 0 ? *number : kInfinity;
  }
  const auto& counts = overview.status().fail_counts;
  return std::any_of(counts.begin(), counts.end(), [&](const FailCount& each) {
    return each.resource == vm.id && each.node == node && each.count >= most;
  });
}

std::string obstacle_of(const Overview& overview, std::string_view id, const Node& node) {
  std::string found = condition_of(node);
  const Primitive* vm = overview.vm(id);
  if (!found.empty() || vm == nullptr) return found;
  if (given_up(overview, *vm, node.name)) return "failed too often";
  found = constraint_of(overview, *vm, node.name);
  return found.empty() ? capacity_of(overview, *vm, node.name) : found;
}

}  // namespace

std::string why_waiting(const Overview& overview, std::string_view id) {
  const Status& status = overview.status();
  if (!status.dc) return "the cluster has no controller now";
  if (!status.quorate && status.no_quorum_policy != "ignore") {
    return "no quorum (no-quorum-policy=" + status.no_quorum_policy + ")";
  }
  if (overview.configuration() == nullptr) return "not known without the configuration";
  std::vector<std::pair<std::string, std::vector<std::string>>> obstacles;
  for (const auto& node : status.nodes) {
    const std::string obstacle = obstacle_of(overview, id, node);
    if (obstacle.empty())
      return "not begun, or waits for another resource; 'crm_simulate -sL' shows why";
    const auto same = std::find_if(obstacles.begin(), obstacles.end(),
                                   [&](const auto& each) { return each.first == obstacle; });
    if (same == obstacles.end()) {
      obstacles.push_back({obstacle, {node.name}});
    } else {
      same->second.push_back(node.name);
    }
  }
  std::vector<std::string> parts;
  parts.reserve(obstacles.size());
  for (const auto& [obstacle, nodes] : obstacles)
    parts.push_back(obstacle + ": " + text::join(nodes, ", "));
  return text::join(parts, "; ");
}

bool may_run_somewhere(const Overview& overview, std::string_view id) {
  const Status& status = overview.status();
  if (!status.dc || overview.configuration() == nullptr) return false;
  if (!status.quorate && status.no_quorum_policy != "ignore") return false;
  return std::any_of(status.nodes.begin(), status.nodes.end(),
                     [&](const Node& node) { return obstacle_of(overview, id, node).empty(); });
}

}  // namespace havc::cluster
