// Rules about what Pacemaker says of itself: quorum, nodes, fencing, resources that are no guests.

#include "base/text.h"
#include "health/health_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace havc::health {

namespace {

using enum About;
using enum Severity;

void not_reached(const Situation& situation, const Tell& tell) {
  if (!situation.status) tell("", situation.cluster_silence);
}

void no_quorum(const Situation& situation, const Tell& tell) {
  if (!situation.status) return;
  if (!situation.status->quorate) tell("", "this part of the cluster has no quorum");
  if (!situation.status->dc) tell("", "no node decides at the moment");
}

void maintenance(const Situation& situation, const Tell& tell) {
  if (!situation.status) return;
  if (situation.status->maintenance_mode) tell("", "maintenance-mode is true");
  if (situation.status->stop_all_resources) tell("", "stop-all-resources is true");
}

void node_maintenance(const Situation& situation, const Tell& tell) {
  if (!situation.status) return;
  for (const auto& node : situation.status->nodes) {
    if (node.maintenance && !situation.status->maintenance_mode) tell(node.name, "maintenance");
    if (node.standby_on_failure) tell(node.name, "standby after a failure");
    if (node.standby && !node.standby_on_failure) tell(node.name, "standby");
  }
}

void unclean(const Situation& situation, const Tell& tell) {
  if (!situation.status) return;
  for (const auto& node : situation.status->nodes) {
    if (node.unclean) tell(node.name, "nobody knows what runs there; it waits to be fenced");
  }
}

// The history is newest first; a later success has mended it.
void fencing_failed(const Situation& situation, const Tell& tell) {
  if (!situation.status) return;
  std::set<std::string> seen;
  for (const auto& each : situation.status->fencing) {
    if (each.progress == cluster::Fencing::Progress::pending) continue;
    if (!seen.insert(each.target).second) continue;
    if (each.progress != cluster::Fencing::Progress::failed) continue;
    tell(each.target, fmt::format("{} at {} failed{}", each.action, each.when,
                                  each.reason.empty() ? "" : ": " + each.reason));
  }
}

template <class Look>
void each_fencing(const Situation& situation, Look look) {
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (report.fencing.known()) look(node, *report.fencing);
  });
}

void device_fails(const Situation& situation, const Tell& tell) {
  each_fencing(situation, [&](const std::string& node, const node::Fencing& fencing) {
    for (const auto& device : fencing.devices) {
      if (device.works.known() && !*device.works) {
        tell(device.name, fmt::format("asked on {}: {}", text::quote(node), device.words));
      } else if (device.works.doubtful()) {
        tell(device.name, fmt::format("asked on {}: {}", text::quote(node), device.works.unknown));
      }
    }
  });
}

// One of a clone's instances is enough; a device that is switched off is lint's.
void device_stopped(const Situation& situation, const Tell& tell) {
  if (!situation.status) return;
  std::map<std::string, bool> active;
  for (const auto& resource : situation.status->resources) {
    if (!resource.agent.starts_with("stonith:") || resource.target_role == "Stopped") continue;
    active[resource.id] = active[resource.id] || (resource.active && !resource.failed);
  }
  for (const auto& [name, is] : active) {
    if (!is) tell(name, "it runs on no node");
  }
}

void not_fenceable(const Situation& situation, const Tell& tell) {
  each_fencing(situation, [&](const std::string&, const node::Fencing& fencing) {
    for (const auto& target : fencing.targets) {
      if (target.devices.known() && target.devices->empty()) {
        tell(target.node, "no fence device says that it can fence it");
      }
    }
  });
}

/// A device that is a clone is registered under its own name and under that of its instance,
/// "chassis:0" (ids have no colon).
std::vector<std::string> devices_of(const std::vector<std::string>& registered) {
  std::set<std::string> names;
  for (const auto& each : registered) names.insert(each.substr(0, each.find(':')));
  return {names.begin(), names.end()};
}

// With fencing levels, several devices for a node are meant.
void several_devices(const Situation& situation, const Tell& tell) {
  if (situation.configuration && !situation.configuration->fencing_levels.empty()) return;
  each_fencing(situation, [&](const std::string&, const node::Fencing& fencing) {
    for (const auto& target : fencing.targets) {
      if (!target.devices.known()) continue;
      const auto devices = devices_of(*target.devices);
      if (devices.size() > 1) tell(target.node, "known to " + some_of(devices));
    }
  });
}

bool is_vm(const Situation& situation, const std::string& id) {
  return situation.configuration && situation.configuration->vm(id);
}

void resource_failed(const Situation& situation, const Tell& tell) {
  if (!situation.status) return;
  for (const auto& failure : situation.status->failures) {
    if (is_vm(situation, failure.resource)) continue;
    tell(failure.resource, fmt::format("{} on {} failed: {}", failure.task,
                                       text::quote(failure.node), failure.reason));
  }
}

void resource_blocked(const Situation& situation, const Tell& tell) {
  if (!situation.status) return;
  for (const auto& resource : situation.status->resources) {
    if (is_vm(situation, resource.id)) continue;
    if (resource.blocked) tell(resource.id, "blocked: Pacemaker does nothing more with it");
  }
}

void resource_unmanaged(const Situation& situation, const Tell& tell) {
  if (!situation.status || situation.status->maintenance_mode) return;
  for (const auto& resource : situation.status->resources) {
    if (is_vm(situation, resource.id) || resource.blocked) continue;
    if (!resource.managed) tell(resource.id, "is-managed is false");
  }
}

constexpr HealthRule kRules[] = {
    {{"cluster-maintenance", cluster, warning, "the cluster looks after nothing",
      "A guest that fails stays down; somebody may have forgotten to end it.",
      "'crm_attribute --name maintenance-mode --delete' (or stop-all-resources)"},
     maintenance},
    {{"cluster-not-reached", cluster, error, "no node says how the cluster is",
      "Nothing is known of guests and fencing.",
      "start corosync and pacemaker on the nodes; see 'journalctl -u pacemaker'"},
     not_reached},
    {{"cluster-without-quorum", cluster, error, "the cluster cannot decide",
      "Guests are not started, and are stopped where no-quorum-policy says so.",
      "bring nodes back: see 'corosync-quorumtool -s' on each"},
     no_quorum},
    {{"fence-device-failed", chassis, error, "a fence device does not work",
      "The next node that fails cannot be fenced: its guests stay down.",
      "see 'stonith_admin --query DEVICE' on that node, the device's network and its password"},
     device_fails},
    {{"fence-device-stopped", chassis, error, "a fence device runs nowhere",
      "Nobody watches it; Pacemaker may not use it when it is needed.",
      "see 'crm_mon -1', and 'crm_resource --cleanup --resource DEVICE'"},
     device_stopped},
    {{"fencing-failed", node, error, "a node was to be fenced, and could not",
      "Its guests are started nowhere else as long as nobody knows that it is off.",
      "see 'stonith_admin --history NODE'; after a look at the machine, 'stonith_admin --confirm "
      "NODE'"},
     fencing_failed},
    {{"node-maintenance", node, warning, "a node is in maintenance or standby",
      "It takes no guests, or nobody looks after those on it; somebody may have forgotten to end "
      "it.",
      "'crm_attribute --node NODE --name standby --delete' (or maintenance)"},
     node_maintenance},
    {{"node-not-fenceable", node, error, "no fence device knows a node",
      "When it fails, its guests stay down.",
      "correct host_map or pcmk_host_list of its device; see 'stonith_admin --list NODE'"},
     not_fenceable},
    {{"node-several-devices", node, warning, "several fence devices know a node",
      "The wrong one may be asked first: another machine is switched off, or the right one stays "
      "on.",
      "name each node in one device alone, or make a fencing topology"},
     several_devices},
    {{"node-unclean", node, error, "a node waits to be fenced",
      "Its guests are started nowhere else before.",
      "see why fencing does not work; after a look at the machine, 'stonith_admin --confirm NODE'"},
     unclean},
    {{"resource-blocked", cluster, error, "Pacemaker does nothing more with a resource",
      "A stop has failed there, and fencing did not help.",
      "stop it by hand, then 'crm_resource --cleanup --resource RESOURCE'"},
     resource_blocked},
    {{"resource-failed", cluster, warning, "an operation of a resource has failed",
      "What it is for may be missing: addresses, ping, fencing.",
      "see why, then 'crm_resource --cleanup --resource RESOURCE'"},
     resource_failed},
    {{"resource-unmanaged", cluster, warning, "Pacemaker does not look after a resource",
      "When it fails nothing happens.",
      "'crm_resource --resource RESOURCE --meta --delete-parameter is-managed'"},
     resource_unmanaged},
};

}  // namespace

std::span<const HealthRule> pacemaker_rules() {
  return kRules;
}

}  // namespace havc::health
