#include "importer/havc2.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "importer/assignments.h"
#include "importer/domain.h"
#include "importer/fragment.h"
#include "inventory/check.h"
#include "inventory/read.h"
#include "inventory/write.h"

namespace havc::importer {

namespace {

using inventory::Cluster;
using inventory::Vm;
using Problems = std::vector<Error>;

std::string place(const Havc2& havc2, const std::string& name) {
  return havc2.folder + "/" + name;
}

Assignments host_of(const Havc2& havc2, const Havc2Machine& machine) {
  return {machine.host, place(havc2, "hosts/" + machine.fqn)};
}

std::string domain_file(const Havc2& havc2, const Havc2Machine& machine) {
  return place(havc2, "libvirt/" + machine.fqn + ".xml");
}

/// IPv6 addresses of HAVC-II are broken where an octet of the IPv4 address is below 16.
void take_ipv6(const Assignments& host, Vm& vm, Notes& notes) {
  const std::string text = host.value("IP_ADDRESS_V6");
  if (text.empty()) return;
  vm.address_v6 = inventory::Ipv6::parse(text);
  if (!vm.address_v6)
    notes.push_back({vm.name.text, "IP_ADDRESS_V6 " + text::quote(text::one_line(text, 60)) +
                                       " is no address and is not taken"});
}

Draft draft_of(const Havc2& havc2, const Havc2Machine& machine, const Cluster& cluster,
               Notes& notes) {
  const Assignments host = host_of(havc2, machine);
  Draft draft{.vm = cluster.defaults, .from = domain_file(havc2, machine)};
  Vm& vm = draft.vm;
  vm.name = host.as<inventory::VmName>("VM_NAME");
  vm.host = host.as<inventory::HostName>("HOST_FQHN");
  vm.zone = host.as<inventory::ZoneName>("NETWORK_ZONE");
  vm.address = host.as<inventory::Address>("IP_ADDRESS");
  vm.mac = host.as<inventory::Mac>("MAC_ADDRESS");
  take_ipv6(host, vm, notes);
  if (vm.name.text + "_" + vm.zone->text != machine.fqn)
    throw host.wrong(
        "VM_NAME",
        "the machine is '" + vm.name.text + "_" + vm.zone->text + "', which is not the file's name",
        "rename the file, or correct VM_NAME or NETWORK_ZONE");
  draft.definition = *machine.domain;
  const auto domain = plain_domain(draft.definition, draft.from);
  const Facts facts = facts_of(domain, draft.from);
  if (facts.name != machine.fqn)
    throw Error(Fault::misconfigured,
                draft.from + ":1: the domain is " + text::quote(text::one_line(facts.name, 80)) +
                    ", not '" + machine.fqn + "'",
                "correct <name>");
  if (facts.mac && facts.mac != vm.mac)
    throw Error(Fault::misconfigured,
                draft.from + ":1: its MAC address is '" + facts.mac->text() + "', not '" +
                    vm.mac->text() + "' as in " + host.file(),
                "correct one of them");
  vm.uuid = facts.uuid;
  vm.cpus = facts.cpus;
  vm.memory = facts.memory;
  vm.disks = facts.disks;
  if (machine.resource) {
    take_resource(*machine.resource, place(havc2, "pacemaker/" + machine.fqn + ".resource.xml"), vm,
                  notes);
  } else {
    vm.wanted = inventory::Wanted::disabled;
    notes.push_back({vm.name.text, "it has no resource.xml: taken as disabled"});
  }
  if (machine.constraint)
    take_constraint(*machine.constraint,
                    place(havc2, "pacemaker/" + machine.fqn + ".constraint.xml"), vm, notes);
  return draft;
}

/// The element with all that is in it becomes `by`; nothing happens where there is none.
void replace_element(std::string& text, const std::string& name, const std::string& by) {
  const auto begin = text.find("<" + name + ">");
  const auto other = text.find("<" + name + " ");
  const auto start = std::min(begin, other);
  const std::string closing = "</" + name + ">";
  const auto end = start == std::string::npos ? start : text.find(closing, start);
  if (end != std::string::npos) text.replace(start, end + closing.size() - start, by);
}

/// Its macros are called as ours; only memory and CPUs were numbers, changed afterwards.
std::string template_from(std::string text) {
  replace_element(text, "memory", "<memory unit='MiB'>%{VM_MEMORY}</memory>");
  replace_element(text, "currentMemory", "");
  replace_element(text, "vcpu", "<vcpu>%{VM_CPUS}</vcpu>");
  return text;
}

std::vector<Known> templates_of(const Havc2& havc2, Notes& notes) {
  std::vector<Known> templates;
  for (const auto& [file, text] : havc2.templates) {
    const auto name = options::Text<inventory::FileName>::parse(file);
    const std::string about = "libvirt/TEMPLATES/" + text::one_line(file, 80);
    try {
      if (!name) throw Error(Fault::misconfigured, "its name has letters that ours may not have");
      std::string ours = template_from(text);
      static_cast<void>(inventory::Template(ours, place(havc2, about)));
      templates.push_back({*name, std::move(ours)});
    } catch (const Error& error) {
      notes.push_back({about, "not taken: " + error.problem()});
    }
  }
  return templates;
}

void sort_unique(auto& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

inventory::Prefix range_of(inventory::Ipv4 address) {
  address.octets[3] = 0;
  return {address, 24};
}

/// The /64 in which the address was made of the MAC address.
std::optional<inventory::SlaacPrefix> prefix_of(const Vm& vm) {
  if (!vm.address_v6 || !vm.mac || inventory::mac_of(*vm.address_v6) != vm.mac) return {};
  auto network = *vm.address_v6;
  std::fill(network.octets.begin() + 8, network.octets.end(), std::uint8_t{0});
  return inventory::SlaacPrefix{network};
}

inventory::Zone& zone_of(const inventory::ZoneName& name, Cluster& cluster) {
  for (auto& zone : cluster.zones) {
    if (zone.name == name) return zone;
  }
  cluster.zones.push_back({.name = name});
  return cluster.zones.back();
}

void learn(const Vm& vm, const std::string& bridge, Cluster& cluster) {
  inventory::Zone& zone = zone_of(*vm.zone, cluster);
  if (vm.address && std::holds_alternative<inventory::Ipv4>(*vm.address))
    zone.ranges.push_back(range_of(std::get<inventory::Ipv4>(*vm.address)));
  if (const auto prefix = prefix_of(vm); prefix && !zone.ipv6_prefix) zone.ipv6_prefix = prefix;
  if (zone.bridge.text.empty())
    zone.bridge = options::Text<inventory::LinkName>::parse(bridge).value_or(inventory::LinkName{});
  for (const auto& disk : vm.disks) {
    const auto end = disk.text.rfind('/');
    if (!inventory::is_device(disk) && end > 0) zone.folders.push_back({disk.text.substr(0, end)});
  }
  for (const auto& node : vm.nodes) {
    const bool known = std::any_of(cluster.nodes.begin(), cluster.nodes.end(),
                                   [&](const auto& each) { return each.name == node; });
    if (!known) cluster.nodes.push_back({.name = node, .address = {node.text}});
  }
}

/// The beginning of UUIDs that end with their machine's MAC address.
std::optional<inventory::UuidPrefix> uuid_prefix(const Vm& vm) {
  if (!vm.uuid || !vm.mac) return {};
  constexpr std::size_t kLength = 23;  // 8-4-4-4 digits
  const auto prefix = inventory::UuidPrefix::parse(vm.uuid->text().substr(0, kLength));
  return prefix && prefix->with(*vm.mac) == *vm.uuid ? prefix : std::nullopt;
}

}  // namespace

std::string havc2_cluster(const Havc2& havc2, Notes& notes) {
  Problems problems;
  Cluster cluster = inventory::read_cluster("ping_hosts = []\n", "cluster.toml", problems).value();
  std::map<std::string, int> prefixes;
  for (const auto& machine : havc2.machines) {
    if (!machine.domain) continue;
    try {
      Notes unused;
      const Draft draft = draft_of(havc2, machine, cluster, unused);
      learn(draft.vm, facts_of(plain_domain(draft.definition, draft.from), draft.from).bridge,
            cluster);
      if (const auto prefix = uuid_prefix(draft.vm)) ++prefixes[prefix->text()];
    } catch (const Error&) {  // NOLINT: havc2_import says what is wrong with it
    }
  }
  for (auto& zone : cluster.zones) {
    sort_unique(zone.ranges);
    sort_unique(zone.folders);
    if (!zone.bridge.text.empty()) continue;
    zone.bridge = {"br-" + zone.name.text.substr(0, 12)};
    notes.push_back({"cluster.toml", "no definition tells the bridge of zone '" + zone.name.text +
                                         "': '" + zone.bridge.text + "' is a guess"});
  }
  std::sort(cluster.nodes.begin(), cluster.nodes.end(),
            [](const auto& one, const auto& other) { return one.name < other.name; });
  const auto most = std::max_element(
      prefixes.begin(), prefixes.end(),
      [](const auto& one, const auto& other) { return one.second < other.second; });
  if (most != prefixes.end())
    cluster.uuid_prefix = inventory::UuidPrefix::parse(most->first).value();
  notes.push_back({"cluster.toml",
                   "ping_hosts is empty: without the addresses of two switches "
                   "there no machine starts"});
  notes.push_back({"cluster.toml",
                   "not in these files, to be added by hand: VLANs of zones, "
                   "addresses of nodes (their names are taken), chassis, "
                   "admin_address"});
  return inventory::cluster_file(cluster);
}

Import havc2_import(const Havc2& havc2, const Cluster& cluster, const std::vector<Known>& known,
                    Problems& problems) {
  Notes notes = havc2.notes;
  std::vector<Draft> drafts;
  for (const auto& machine : havc2.machines) {
    if (!machine.domain) {
      notes.push_back({machine.fqn, "it has no definition in libvirt/: not taken"});
      continue;
    }
    try {
      Draft draft = draft_of(havc2, machine, cluster, notes);
      static_cast<void>(inventory::derive(draft.vm, cluster.zones, cluster.uuid_prefix));
      drafts.push_back(std::move(draft));
    } catch (const Error& error) {
      problems.push_back(error);
    }
  }
  auto all = known;
  const auto templates = templates_of(havc2, notes);
  all.insert(all.end(), templates.begin(), templates.end());
  Import import = files_of(std::move(drafts), cluster, all, "havc2");
  std::set<std::string> used;
  for (const auto& file : import.files) {
    for (const auto& each : templates) {
      if (file.text.find("template = \"" + each.name.text + "\"\n") != std::string::npos)
        used.insert(each.name.text);
    }
  }
  for (const auto& each : templates) {
    if (used.contains(each.name.text))
      import.files.insert(import.files.begin(), {"templates/" + each.name.text, each.text});
    else
      notes.push_back({each.name.text, "no machine's definition follows from it: not taken"});
  }
  import.notes.insert(import.notes.begin(), notes.begin(), notes.end());
  return import;
}

}  // namespace havc::importer
