// Rules about fencing: without it, a node that is silent may still run its guests.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "health/lint_rule.h"

#include <fmt/format.h>

namespace havc::health {

namespace {

bool enabled(const Subject& subject) {
  return !is_false(subject.option("stonith-enabled"));
}

void stonith_disabled(const Subject& subject, const Tell& tell) {
  if (!enabled(subject)) tell("", "stonith-enabled is false");
}

bool has_watchdog(const Subject& subject) {
  const std::string timeout = subject.option("stonith-watchdog-timeout");
  return !timeout.empty() && timeout != "0" && is_true(subject.option("have-watchdog"));
}

/// In a new cluster the inventory may have what an apply brings.
void fencing_missing(const Subject& subject, const Tell& tell) {
  if (!enabled(subject) || !subject.fence_devices().empty() || has_watchdog(subject)) return;
  std::vector<std::string> chassis;
  if (subject.inventory() != nullptr) {
    for (const auto& each : subject.inventory()->cluster.chassis) chassis.push_back(each.name.text);
  }
  if (chassis.empty())
    tell("", "there is no fence device, and no watchdog fencing");
  else
    tell("",
         fmt::format("there is no fence device yet: the inventory's chassis {} not applied",
                     some_of(chassis) + (chassis.size() == 1 ? " is" : " are")),
         "havc apply");
}

void startup_fencing(const Subject& subject, const Tell& tell) {
  if (is_false(subject.option("startup-fencing"))) tell("", "startup-fencing is false");
}

std::string parameter(const cluster::Primitive& device, const std::string& name) {
  const auto found = device.parameters.find(name);
  return found == device.parameters.end() ? std::string() : found->second;
}

/// What a device says by its parameters, as Pacemaker takes them; nothing when it is asked itself.
std::optional<std::vector<std::string>> static_hosts(const cluster::Primitive& device) {
  std::vector<std::string> hosts = text::split(parameter(device, "pcmk_host_list"), " \t\n,;");
  for (const auto& pair : text::split(parameter(device, "pcmk_host_map"), " \t\n;"))
    hosts.push_back(pair.substr(0, pair.find_first_of(":=")));
  const std::string check = parameter(device, "pcmk_host_check");
  if (hosts.empty() || check == "dynamic-list" || check == "status" || check == "none") return {};
  return hosts;
}

bool holds(const std::vector<std::string>& hosts, const std::string& node) {
  return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& each) {
    return text::equal_ignoring_case(each, node);
  });
}

/// Whether a device can fence a node; nothing: nobody has said.
std::optional<bool> covers(const Subject& subject, const cluster::Primitive& device,
                           const std::string& node) {
  if (parameter(device, "pcmk_host_check") == "none") return true;
  if (const auto hosts = static_hosts(device)) return holds(*hosts, node);
  std::optional<bool> result;
  for (const auto& [reporter, report] : subject.reports()) {
    if (!report.fencing.known()) continue;
    for (const auto& target : report.fencing->targets) {
      if (!text::equal_ignoring_case(target.node, node) || !target.devices.known()) continue;
      if (holds(*target.devices, device.id)) return true;
      result = false;
    }
  }
  return result;
}

void node_without_device(const Subject& subject, const Tell& tell) {
  const auto devices = subject.fence_devices();
  if (!enabled(subject) || devices.empty() || has_watchdog(subject)) return;
  for (const auto& node : subject.members()) {
    const bool refused = std::all_of(devices.begin(), devices.end(), [&](const auto* device) {
      return covers(subject, *device, node) == false;
    });
    if (refused) tell(node, "no fence device has it among its hosts");
  }
}

bool is_disabled(const Subject& subject, const cluster::Primitive& device) {
  return subject.meta(device, "target-role") == "Stopped";
}

void fence_device_disabled(const Subject& subject, const Tell& tell) {
  for (const auto* device : subject.fence_devices()) {
    if (is_disabled(subject, *device)) tell(device->id, "has target-role=Stopped");
  }
}

void fence_monitor_missing(const Subject& subject, const Tell& tell) {
  for (const auto* device : subject.fence_devices()) {
    const auto& operations = device->operations;
    const bool watched = std::any_of(operations.begin(), operations.end(), [](const auto& each) {
      return each.name == "monitor" && each.interval.count() > 0;
    });
    if (!watched) tell(device->id, "has no recurring monitor");
  }
}

bool is_positive(const std::string& delay) {
  return !delay.empty() && delay.find_first_of("123456789") != std::string::npos;
}

void fence_race(const Subject& subject, const Tell& tell) {
  const auto devices = subject.fence_devices();
  if (subject.members().size() != 2 || !enabled(subject) || devices.empty()) return;
  if (is_positive(subject.option("priority-fencing-delay"))) return;
  const bool delayed = std::any_of(devices.begin(), devices.end(), [](const auto* device) {
    return is_positive(parameter(*device, "pcmk_delay_base")) ||
           is_positive(parameter(*device, "pcmk_delay_max")) ||
           is_positive(parameter(*device, "delay"));
  });
  if (!delayed) tell("", "two nodes, and no delay in any fence device");
}

void fence_level_device(const Subject& subject, const Tell& tell) {
  const auto devices = subject.fence_devices();
  for (const auto& level : subject.configuration().fencing_levels) {
    for (const auto& name : level.devices) {
      const bool known = std::any_of(devices.begin(), devices.end(),
                                     [&](const auto* device) { return device->id == name; });
      if (!known)
        tell(name, fmt::format("level {} of '{}' names it, and there is no such device",
                               level.index, level.target));
    }
  }
}

void fence_level_alone(const Subject& subject, const Tell& tell) {
  std::map<std::string, std::set<std::string>> used;
  for (const auto& level : subject.configuration().fencing_levels) {
    if (!level.target.empty())
      used[level.target].insert(level.devices.begin(), level.devices.end());
  }
  for (const auto& [target, names] : used) {
    std::vector<std::string> unused;
    for (const auto* device : subject.fence_devices()) {
      if (names.count(device->id) == 0 && covers(subject, *device, target) == true)
        unused.push_back(device->id);
    }
    if (names.size() == 1 && !unused.empty())
      tell(target, fmt::format("is fenced by '{}' alone; never tried: {}", *names.begin(),
                               some_of(unused)));
  }
}

void failure_ignored(const Subject& subject, const Tell& tell) {
  for (const auto& guest : subject.configuration().vms) {
    for (const auto& operation : guest.operations) {
      const auto found = operation.meta.find("on-fail");
      if (found != operation.meta.end() && found->second == "ignore")
        tell(guest.id, fmt::format("operation '{}' has on-fail=ignore", operation.name));
    }
  }
}

void start_before_fencing(const Subject& subject, const Tell& tell) {
  for (const auto& guest : subject.configuration().vms) {
    const auto wanted = subject.meta(guest, "requires");
    if (wanted == "nothing" || wanted == "quorum") tell(guest.id, "has requires=" + *wanted);
  }
}

using enum Severity;
using enum About;

constexpr LintRule kRules[] = {
    {{"failure-ignored", vm, error, "a failure of an operation is ignored",
      "A guest whose stop failed may still run when Pacemaker starts it elsewhere, and two write "
      "the "
      "same image; one whose monitor failed stays dead.",
      "remove on-fail=ignore"},
     failure_ignored},
    {{"fence-device-disabled", chassis, warning, "a fence device is switched off",
      "Pacemaker does not use a device that is stopped: its nodes cannot be fenced, and when one "
      "of "
      "them fails its guests stay down.",
      "start the device: crm_resource --meta --resource NAME --delete-parameter target-role"},
     fence_device_disabled},
    {{"fence-level-alone", node, hint, "a fencing topology leaves one device alone",
      "A node that is named in the topology is fenced by the devices of its levels only; others "
      "that "
      "could are not tried when these fail.",
      "add the other devices as a second level, or remove the level"},
     fence_level_alone},
    {{"fence-level-device", chassis, error, "a fencing topology names a device that does not exist",
      "Its level always fails; a node that has no other level cannot be fenced.",
      "correct the name, or remove the level"},
     fence_level_device},
    {{"fence-monitor-missing", chassis, warning, "nobody watches a fence device",
      "That a password was changed, or a cable pulled, is seen when a node has to be fenced and is "
      "not.",
      "add a monitor operation, such as every 21600s"},
     fence_monitor_missing},
    {{"fence-race", cluster, warning, "two nodes may fence each other",
      "When the link between two nodes is lost, both shoot at the same moment, and both may be "
      "off.",
      "set priority-fencing-delay, or pcmk_delay_base on the device of one node"},
     fence_race},
    {{"fencing-missing", cluster, error, "no node can be fenced",
      "Pacemaker starts nothing while it needs fencing and has none; a node that fails keeps its "
      "guests for ever.",
      "configure a fence device for every node (the inventory's [chassis.NAME])"},
     fencing_missing},
    {{"node-without-device", node, error, "no fence device is configured for a node",
      "When it fails, its guests stay down: nobody may start them before it is known to be off.",
      "add it to a device's hosts, or configure one for it"},
     node_without_device},
    {{"start-before-fencing", vm, error, "a guest is started before its old node is off",
      "The node that is silent may still run it: two write the same image.",
      "remove the meta attribute requires"},
     start_before_fencing},
    {{"startup-fencing-disabled", cluster, error, "a node never seen is taken for off",
      "When a part of the cluster starts alone, it starts guests that may run on nodes that it "
      "does "
      "not see.",
      "remove startup-fencing=false"},
     startup_fencing},
    {{"stonith-disabled", cluster, error, "fencing is switched off",
      "A node that is silent is taken for dead although it may still run its guests: these are "
      "started a second time, and two write the same image.",
      "configure fence devices, then remove stonith-enabled=false"},
     stonith_disabled},
};

}  // namespace

std::span<const LintRule> fencing_rules() {
  return kRules;
}

}  // namespace havc::health
