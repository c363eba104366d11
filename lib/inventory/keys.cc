// Tables, longer than other files are.
#include "inventory/keys.h"

#include <algorithm>
#include <iterator>

namespace havc::inventory {

namespace {

constexpr auto kRequired = options::Need::required;

template <class Owner>
std::vector<KeyRow> rows_of(const std::vector<Key<Owner>>& keys) {
  std::vector<KeyRow> rows;
  rows.reserve(keys.size());
  for (const auto& each : keys) rows.push_back(each.row());
  return rows;
}

}  // namespace

const std::vector<Key<Cluster>>& cluster_keys() {
  static const std::vector<Key<Cluster>> kKeys{
      key<Cluster, &Cluster::uuid_prefix>(
          {.name = "uuid_prefix",
           .doc = "The first 20 digits of UUIDs that are made of MAC addresses",
           .fallback = "68617663-0000-4000-8000"}),
      key<Cluster, &Cluster::ping_hosts>(
          {.name = "ping_hosts",
           .doc = "Addresses that tell whether a node reaches the network, such as two switches; "
                  "[] only with a constraint template of your own",
           .need = kRequired}),
      key<Cluster, &Cluster::admin_address>(
          {.name = "admin_address",
           .doc = "An address that is always on some node, with its network's length"}),
      key<Cluster, &Cluster::admin_interface>(
          {.name = "admin_interface", .doc = "The nodes' interface that admin_address is put on"}),
      key<Cluster, &Cluster::lint_ignore>(
          {.name = "lint_ignore",
           .doc = "What lint and health shall not find: codes, or CODE:OBJECT"}),
  };
  return kKeys;
}

const std::vector<Key<TemplateNames>>& template_keys() {
  using Names = TemplateNames;
  static const std::vector<Key<Names>> kKeys{
      key<Names, &Names::domain>(
          {.name = "domain", .doc = "The guest, for libvirt", .fallback = "domain.xml"}),
      key<Names, &Names::resource>(
          {.name = "resource", .doc = "The guest as a resource", .fallback = "resource.xml"}),
      key<Names, &Names::constraint>(
          {.name = "constraint", .doc = "Where the guest may run", .fallback = "constraint.xml"}),
      key<Names, &Names::stonith>(
          {.name = "stonith", .doc = "A chassis as a fence device", .fallback = "stonith.xml"}),
      key<Names, &Names::ping>(
          {.name = "ping", .doc = "Whether a node reaches the network", .fallback = "ping.xml"}),
      key<Names, &Names::admin_address>({.name = "admin_address",
                                         .doc = "The address that is always on some node",
                                         .fallback = "admin-address.xml"}),
      key<Names, &Names::cluster_options>({.name = "cluster_options",
                                           .doc = "Options and defaults of the cluster",
                                           .fallback = "cluster-options.xml"}),
  };
  return kKeys;
}

const std::vector<Key<Zone>>& zone_keys() {
  static const std::vector<Key<Zone>> kKeys{
      key<Zone, &Zone::ranges>(
          {.name = "ranges", .doc = "Its addresses, IPv4 and IPv6; no other zone has any of them"}),
      key<Zone, &Zone::bridge>({.name = "bridge",
                                .doc = "The bridge of its guests, of this name on every node",
                                .need = kRequired}),
      key<Zone, &Zone::vlan>({.name = "vlan", .doc = "Its VLAN, if it has one"}),
      key<Zone, &Zone::ipv6_prefix>(
          {.name = "ipv6_prefix",
           .doc = "The /64 in which its guests' addresses are made of their MAC addresses"}),
      key<Zone, &Zone::folders>(
          {.name = "folders",
           .doc =
               "Where its guests' images lie, and those of no other zone; new ones in the first"}),
  };
  return kKeys;
}

const std::vector<Key<Node>>& node_keys() {
  static const std::vector<Key<Node>> kKeys{
      key<Node, &Node::address>(
          {.name = "address", .doc = "Where ssh reaches it", .need = kRequired}),
      key<Node, &Node::cpus>({.name = "cpus", .doc = "What it has for guests"}),
      key<Node, &Node::memory>(
          {.name = "memory", .doc = "What it has for guests: less than all", .unit = "MiB"}),
  };
  return kKeys;
}

const std::vector<Key<Chassis>>& chassis_keys() {
  static const std::vector<Key<Chassis>> kKeys{
      key<Chassis, &Chassis::type>(
          {.name = "type", .doc = "The program that fences", .need = kRequired}),
      key<Chassis, &Chassis::address>(
          {.name = "address",
           .doc = "Its management module; a name must be known without DNS",
           .need = kRequired}),
      key<Chassis, &Chassis::snmp_conf_path>({.name = "snmp_conf_path",
                                              .doc = "The folder with its snmp.conf, on every node",
                                              .fallback = "/etc/havc/chassis"}),
  };
  return kKeys;
}

const std::vector<Key<Vm>>& vm_keys() {
  static const std::vector<Key<Vm>> kKeys{
      key<Vm, &Vm::name>({.name = "name",
                          .doc = "The name, in capitals; the file is called NAME.toml",
                          .need = kRequired}),
      key<Vm, &Vm::host>({.name = "host", .doc = "The name in DNS", .need = kRequired}),
      key<Vm, &Vm::address>({.name = "address",
                             .doc = "The IPv4 address, or the IPv6 address of a guest that has no "
                                    "other; zone and MAC address follow from it"}),
      key<Vm, &Vm::zone>(
          {.name = "zone", .doc = "The zone, where it does not follow from the address"}),
      key<Vm, &Vm::mac>(
          {.name = "mac", .doc = "The MAC address; default 02:00 and the IPv4 address"}),
      key<Vm, &Vm::uuid>(
          {.name = "uuid", .doc = "The UUID; default uuid_prefix and the MAC address"}),
      key<Vm, &Vm::address_v6>({.name = "address_v6",
                                .doc = "The IPv6 address beside an IPv4 one; default the zone's "
                                       "prefix and the MAC address"}),
      key<Vm, &Vm::disks>({.name = "disks",
                           .doc = "Paths of images and block devices, at most four; default "
                                  "NAME_zone.raw in the zone's first folder"}),
      key<Vm, &Vm::cpus>({.name = "cpus",
                          .doc = "Virtual CPUs, also as the resource's utilization",
                          .fallback = "1",
                          .in_defaults = true}),
      key<Vm, &Vm::memory>({.name = "memory",
                            .doc = "Memory, also as the resource's utilization",
                            .unit = "MiB",
                            .fallback = "1024",
                            .in_defaults = true}),
      key<Vm, &Vm::nodes>(
          {.name = "nodes",
           .doc = "The node to begin on, and a second choice; of a local one, the node it is on"}),
      key<Vm, &Vm::domain_template>(
          {.name = "template", .doc = "Another file than [templates] domain"}),
      key<Vm, &Vm::email>({.name = "email",
                           .doc = "Who is told of starts, recoveries, stops and moves",
                           .in_defaults = true}),
      key<Vm, &Vm::tags>({.name = "tags", .doc = "To select it by"}),
      key<Vm, &Vm::metadata>(
          {.name = "metadata", .doc = "Anything worth knowing, by name: owner, purpose"}),
      key<Vm, &Vm::kind>({.name = "kind",
                          .doc = "local: on its node alone, not in the cluster",
                          .fallback = "cluster"}),
      key<Vm, &Vm::wanted>(
          {.name = "wanted",
           .doc = "What it should be; disabled: not in the cluster's configuration",
           .fallback = "started"}),
      key<Vm, &Vm::priority>({.name = "priority",
                              .doc = "Which goes first where not all have room: the higher",
                              .in_defaults = true}),
      key<Vm, &Vm::stop_timeout>(
          {.name = "stop_timeout",
           .doc = "For shutting down; 20 s of it are kept for pulling the plug",
           .unit = "s",
           .fallback = "120",
           .in_defaults = true}),
      key<Vm, &Vm::migration_timeout>({.name = "migration_timeout",
                                       .doc = "A move that takes longer is aborted",
                                       .unit = "s",
                                       .fallback = "600",
                                       .in_defaults = true}),
      key<Vm, &Vm::migration_downtime>({.name = "migration_downtime",
                                        .doc = "How long it may stand still at the end of a move",
                                        .unit = "ms",
                                        .in_defaults = true}),
  };
  return kKeys;
}

std::vector<Key<Vm>> default_keys() {
  std::vector<Key<Vm>> keys;
  std::copy_if(vm_keys().begin(), vm_keys().end(), std::back_inserter(keys),
               [](const auto& each) { return each.doc.in_defaults; });
  return keys;
}

std::vector<KeyTable> key_tables() {
  return {{"cluster.toml", rows_of(cluster_keys())},
          {"cluster.toml, [zones.NAME]", rows_of(zone_keys())},
          {"cluster.toml, [nodes.NAME]", rows_of(node_keys())},
          {"cluster.toml, [chassis.NAME]", rows_of(chassis_keys())},
          {"cluster.toml, [templates]", rows_of(template_keys())},
          {"cluster.toml, [defaults]", rows_of(default_keys())},
          {"vms/NAME.toml", rows_of(vm_keys())}};
}

}  // namespace havc::inventory

namespace havc::options {

std::optional<inventory::FindingWord> Text<inventory::FindingWord>::parse(std::string_view text) {
  const auto code = text.substr(0, text.find(':'));
  const bool bare = code.size() == text.size();
  const bool good = !code.empty() &&
                    code.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
  if (!good || (!bare && code.size() + 1 == text.size())) return {};
  return inventory::FindingWord{std::string(text)};
}

}  // namespace havc::options
