// Rules about what nodes reach each other and the guests' networks by: bridges, VLANs, names,
// corosync's links and the quorum device.

#include "base/text.h"
#include "health/health_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace havc::health {

namespace {

using enum About;
using enum Severity;

template <class Look>
void each_bridge(const Situation& situation, Look look) {
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (!report.bridges.known()) return;
    for (const auto& bridge : *report.bridges) look(node, bridge);
  });
}

void bridge_missing(const Situation& situation, const Tell& tell) {
  each_bridge(situation, [&](const std::string& node, const node::Bridge& bridge) {
    if (!bridge.exists) tell(node, fmt::format("there is no {}", text::quote(bridge.name)));
    if (bridge.exists && !bridge.is_bridge) {
      tell(node, text::quote(bridge.name) + " is no bridge");
    }
  });
}

void bridge_down(const Situation& situation, const Tell& tell) {
  each_bridge(situation, [&](const std::string& node, const node::Bridge& bridge) {
    if (!bridge.is_bridge) return;
    if (!bridge.up) return tell(node, text::quote(bridge.name) + " is switched off");
    std::vector<std::string> ways;
    bool up = false;
    for (const auto& port : bridge.ports) {
      if (port.guest) continue;
      ways.push_back(port.name);
      up = up || port.up;
    }
    if (!ways.empty() && !up) {
      tell(node, fmt::format("{} has no way out: {} without link", text::quote(bridge.name),
                             some_of(ways)));
    }
  });
}

void bridge_alone(const Situation& situation, const Tell& tell) {
  each_bridge(situation, [&](const std::string& node, const node::Bridge& bridge) {
    const bool way = std::any_of(bridge.ports.begin(), bridge.ports.end(),
                                 [](const node::Port& port) { return !port.guest; });
    if (bridge.is_bridge && !way) {
      tell(node, text::quote(bridge.name) + " has no port but guests'");
    }
  });
}

std::set<unsigned> vlans_of(const node::Bridge& bridge) {
  std::set<unsigned> vlans;
  for (const auto& port : bridge.ports) {
    if (port.vlan) vlans.insert(*port.vlan);
  }
  return vlans;
}

// A bridge without VLAN port may get untagged frames of its VLAN from the switch.
void bridge_vlan(const Situation& situation, const Tell& tell) {
  if (!situation.inventory) return;
  each_bridge(situation, [&](const std::string& node, const node::Bridge& bridge) {
    const auto vlans = vlans_of(bridge);
    if (vlans.empty() || bridge.filters_vlans) return;
    for (const auto& zone : situation.inventory->cluster.zones) {
      if (zone.bridge.text != bridge.name || !zone.vlan) continue;
      const auto wanted = static_cast<unsigned>(zone.vlan->number);
      if (vlans.count(wanted) != 0) continue;
      tell(node, fmt::format("{} is on VLAN {}, its zone {} on {}", text::quote(bridge.name),
                             *vlans.begin(), text::quote(zone.name.text), wanted));
    }
  });
}

void name_unknown(const Situation& situation, const Tell& tell) {
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    std::vector<std::string> names;
    for (const auto& name : report.names) {
      if (name.addresses.known() && name.addresses->empty()) names.push_back(name.name);
    }
    if (!names.empty()) tell(node, "it does not know " + some_of(names));
  });
}

void corosync_silent(const Situation& situation, const Tell& tell) {
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (report.corosync.doubtful() && !offline(situation, node)) {
      tell(node, report.corosync.unknown);
    }
  });
}

/// Corosync knows numbers; each node tells its own.
std::string peer_name(const Situation& situation, unsigned id) {
  for (const NodeSeen& seen : situation.nodes) {
    if (seen.report && seen.report->corosync.known() && seen.report->corosync->id == id) {
      return text::quote(seen.name);
    }
  }
  return fmt::format("node {}", id);
}

void link_down(const Situation& situation, const Tell& tell) {
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (!report.corosync.known()) return;
    for (const auto& peer : report.corosync->peers) {
      for (const auto& link : peer.links) {
        if (!link.enabled || link.connected) continue;
        tell(node, fmt::format("link {} to {} is down ({} to {})", link.number,
                               peer_name(situation, peer.id), link.local, link.remote));
      }
    }
  });
}

void quorum_device(const Situation& situation, const Tell& tell) {
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (!report.quorum_device.known() || !report.quorum_device->configured) return;
    const auto& device = *report.quorum_device;
    if (device.state == "Connected" || offline(situation, node)) return;
    tell(node, fmt::format("the quorum device {} is {}", text::quote(device.host),
                           device.state.empty() ? "silent" : text::quote(device.state)));
  });
}

constexpr HealthRule kRules[] = {
    {{"bridge-down", node, error, "a bridge of the guests is down on a node",
      "Guests that come there run without their network.",
      "see 'ip link' on the node; check cable, switch and bond"},
     bridge_down},
    {{"bridge-missing", node, error, "a bridge of the guests is missing on a node",
      "A guest of that zone neither starts there nor moves there.",
      "set the bridge up as on the other nodes"},
     bridge_missing},
    {{"bridge-vlan", node, error, "a bridge is on another VLAN than its zone",
      "Guests that come there are in a network that is not theirs.",
      "put the right VLAN interface into the bridge, or correct 'vlan' in cluster.toml"},
     bridge_vlan},
    {{"bridge-without-uplink", node, warning, "a bridge leads nowhere",
      "Guests on it reach each other on this node alone.",
      "put the interface of the zone's network into the bridge"},
     bridge_alone},
    {{"corosync-link-down", node, warning, "a link of corosync is down",
      "The others carry the cluster; without a second one the node is lost with the next.",
      "check the cable, the switch and the firewall between the two addresses"},
     link_down},
    {{"corosync-silent", node, error, "a node's corosync does not answer",
      "The node is no member, or will not be one for long.",
      "see 'journalctl -u corosync' on the node"},
     corosync_silent},
    {{"name-unresolved", node, warning, "a node does not know another one's name",
      "Migrations go to names: they fail from this node.",
      "put all nodes into DNS, or into /etc/hosts of every node"},
     name_unknown},
    {{"quorum-device-down", node, error, "the quorum device is not connected",
      "Its vote is missing: the next failure may stop all guests.",
      "see 'corosync-qdevice-tool -s' on the node, and start corosync-qnetd on its host"},
     quorum_device},
};

}  // namespace

std::span<const HealthRule> network_rules() {
  return kRules;
}

}  // namespace havc::health
