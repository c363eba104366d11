// Rules about options and defaults of the whole cluster, its votes and its ping resource. Mostly
// tables.
#include <algorithm>

#include "base/text.h"
#include "health/lint_rule.h"

#include <fmt/format.h>

namespace havc::health {

namespace {

void quorum_ignored(const Subject& subject, const Tell& tell) {
  if (text::equal_ignoring_case(subject.option("no-quorum-policy"), "ignore"))
    tell("", "no-quorum-policy is 'ignore'");
}

bool has_quorum_device(const Subject& subject) {
  return std::any_of(subject.reports().begin(), subject.reports().end(), [](const auto& each) {
    return each.second.quorum_device.known() && each.second.quorum_device->configured;
  });
}

void even_votes(const Subject& subject, const Tell& tell) {
  const auto members = subject.members();
  if (members.empty() || members.size() % 2 != 0 || has_quorum_device(subject)) return;
  tell("", fmt::format("{} nodes vote, and no quorum device is known", members.size()));
}

void placement_strategy(const Subject& subject, const Tell& tell) {
  const std::string strategy = subject.option("placement-strategy");
  if (!strategy.empty() && strategy != "default") return;
  const auto& vms = subject.configuration().vms;
  const auto sized =
      std::count_if(vms.begin(), vms.end(), [](const auto& vm) { return !vm.utilization.empty(); });
  if (sized == 0) return;
  tell("", fmt::format("{} guests have a utilization, and placement-strategy is {}", sized,
                       strategy.empty() ? "not set" : "'default'"));
}

void migration_limit(const Subject& subject, const Tell& tell) {
  const std::string limit = subject.option("migration-limit");
  if (subject.configuration().vms.empty() || (!limit.empty() && limit != "-1")) return;
  tell("", "migration-limit is not set");
}

void record_pending(const Subject& subject, const Tell& tell) {
  const auto& defaults = subject.configuration().operation_defaults;
  const auto found = defaults.find("record-pending");
  if (found != defaults.end() && is_false(found->second)) {
    tell("", "op_defaults have record-pending=" + found->second);
  }
  for (const auto& vm : subject.configuration().vms) {
    for (const auto& operation : vm.operations) {
      const auto own = operation.meta.find("record-pending");
      if (own != operation.meta.end() && is_false(own->second))
        tell("", fmt::format("operation '{}' of '{}' has record-pending={}", operation.name, vm.id,
                             own->second));
    }
  }
}

/// Tells of guests that have nothing of that name, by themselves or as a default.
void without_meta(const Subject& subject, const Tell& tell, const std::string& name) {
  for (const auto& vm : subject.configuration().vms) {
    if (!subject.meta(vm, name)) tell(vm.id, "has no " + name + ", and rsc_defaults has none");
  }
}

void stickiness_missing(const Subject& subject, const Tell& tell) {
  without_meta(subject, tell, "resource-stickiness");
}

void migration_threshold_missing(const Subject& subject, const Tell& tell) {
  without_meta(subject, tell, "migration-threshold");
}

void failure_timeout_missing(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    if (subject.meta(vm, "migration-threshold") && !subject.meta(vm, "failure-timeout"))
      tell(vm.id, "has a migration-threshold, but no failure-timeout");
  }
}

bool is_ping(const cluster::Primitive& resource) {
  return resource.agent == "ocf:pacemaker:ping" || resource.agent == "ocf:pacemaker:pingd";
}

std::string parameter(const cluster::Primitive& resource, const std::string& name) {
  const auto found = resource.parameters.find(name);
  return found == resource.parameters.end() ? std::string() : found->second;
}

/// The attribute that a ping resource sets.
std::string attribute_of(const cluster::Primitive& ping) {
  const std::string name = parameter(ping, "name");
  return name.empty() ? "pingd" : name;
}

void ping_missing(const Subject& subject, const Tell& tell) {
  // Other attributes may be set by anybody; this one's name says who does.
  const std::string attribute = "pingd";
  const auto& others = subject.configuration().others;
  const bool there = std::any_of(others.begin(), others.end(), [&](const auto& each) {
    return is_ping(each) && attribute_of(each) == attribute;
  });
  std::vector<std::string> constraints;
  for (const auto& location : subject.configuration().locations) {
    if (contains(location.attributes, attribute)) constraints.push_back(location.id);
  }
  if (there || constraints.empty()) return;
  tell("", fmt::format("constraints ask for '{}', and nothing sets it: {}", attribute,
                       some_of(constraints)));
}

bool is_cloned(const Subject& subject, const cluster::Primitive& resource) {
  return std::any_of(resource.parents.begin(), resource.parents.end(), [&](const auto& parent) {
    const auto* container = subject.configuration().container(parent);
    return container != nullptr && container->kind != "group";
  });
}

void ping_not_cloned(const Subject& subject, const Tell& tell) {
  for (const auto& each : subject.configuration().others) {
    if (is_ping(each) && !is_cloned(subject, each))
      tell(each.id, "runs on one node alone: it is in no clone");
  }
}

void ping_single_host(const Subject& subject, const Tell& tell) {
  for (const auto& each : subject.configuration().others) {
    const auto hosts = text::split(parameter(each, "host_list"), " \t\n,");
    if (is_ping(each) && hosts.size() == 1) tell(each.id, "asks '" + hosts.front() + "' alone");
  }
}

using enum Severity;
using enum About;

constexpr LintRule kRules[] = {
    {{"even-votes", cluster, hint, "an even number of nodes votes",
      "When the network falls into two halves, neither has a majority: all guests stop, or with "
      "two "
      "nodes, the faster one fences the other.",
      "add a quorum device (corosync-qdevice), or a node"},
     even_votes},
    {{"failure-timeout-missing", vm, hint, "failures are never forgotten",
      "A guest that failed as often as its migration-threshold allows is never started on that "
      "node "
      "again, until somebody remembers to clean up.",
      "set failure-timeout in rsc_defaults, such as 3600s"},
     failure_timeout_missing},
    {{"migration-limit", cluster, hint, "nothing limits how many guests move at once",
      "A node that goes into standby sends all its guests at the same time over the same link, and "
      "none arrives before its timeout.",
      "set migration-limit, such as 5"},
     migration_limit},
    {{"migration-threshold-missing", vm, warning, "a guest that fails stays on the node",
      "A guest that cannot live on a node is started there again for ever, and never tried on "
      "another.",
      "set migration-threshold in rsc_defaults, such as 3"},
     migration_threshold_missing},
    {{"ping-missing", cluster, error, "constraints ask for an attribute that nothing sets",
      "Guests are forbidden wherever the attribute is missing: none of them is started on any "
      "node.",
      "add the ping resource (the template ping.xml), as a clone"},
     ping_missing},
    {{"ping-not-cloned", network, error, "the network is watched from one node alone",
      "The attribute is set where the resource runs; on all other nodes it is missing, and their "
      "guests stop.",
      "put the resource into a clone"},
     ping_not_cloned},
    {{"ping-single-host", network, warning, "one address decides whether nodes reach the network",
      "When that one is down for maintenance, every guest of the cluster is stopped.",
      "name two or more addresses that do not fail together"},
     ping_single_host},
    {{"placement-strategy", cluster, hint, "Pacemaker does not look at utilization",
      "Guests are counted, not weighed: a node may be given more memory than it has.",
      "set placement-strategy to 'balanced', and each node's utilization"},
     placement_strategy},
    {{"quorum-ignored", cluster, error, "a node without majority goes on",
      "When the network falls into parts, each part starts the guests of the other: two write the "
      "same image.",
      "set no-quorum-policy to 'stop'; for two nodes corosync.conf has two_node"},
     quorum_ignored},
    {{"record-pending", cluster, hint, "operations under way are not recorded",
      "Nobody sees that a guest is starting, stopping or migrating; it looks stuck.",
      "remove record-pending=false"},
     record_pending},
    {{"stickiness-missing", vm, warning, "nothing keeps a guest where it is",
      "Guests move whenever a node comes back or another guest is added.",
      "set resource-stickiness in rsc_defaults, such as 10000"},
     stickiness_missing},
};

}  // namespace

std::span<const LintRule> cluster_rules() {
  return kRules;
}

}  // namespace havc::health
