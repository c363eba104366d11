#include "importer/libvirt.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "importer/domain.h"
#include "inventory/identity.h"

namespace havc::importer {

namespace {

using inventory::Cluster;
using inventory::Vm;

bool in_a_zone(const inventory::Ipv4& address, const Cluster& cluster) {
  return std::any_of(cluster.zones.begin(), cluster.zones.end(),
                     [&](const auto& zone) { return zone.contains(address); });
}

/// The one zone with that bridge.
std::optional<inventory::ZoneName> zone_of(const std::string& bridge, const Cluster& cluster) {
  std::optional<inventory::ZoneName> found;
  for (const auto& zone : cluster.zones) {
    if (zone.bridge.text != bridge) continue;
    if (found) return {};
    found = zone.name;
  }
  return found;
}

void place(Vm& vm, const Facts& facts, const Wishes& wishes, const Cluster& cluster,
           const std::string& about) {
  vm.mac = facts.mac;
  vm.address = wishes.address;
  vm.zone = wishes.zone;
  const auto natural = facts.mac ? inventory::ipv4_of(*facts.mac) : std::nullopt;
  if (!vm.address && natural && in_a_zone(*natural, cluster)) vm.address = *natural;
  if (!vm.zone && !vm.address) vm.zone = zone_of(facts.bridge, cluster);
  if (!vm.zone && !vm.address)
    throw Error(Fault::misconfigured,
                text::quote(about) + ": neither its MAC address nor its bridge " +
                    text::quote(facts.bridge) + " tells the zone",
                "give --address or --zone");
  if (!vm.address && !vm.mac)
    throw Error(Fault::misconfigured, text::quote(about) + " has no network card",
                "give --address");
}

void note_state(const LibvirtDomain& domain, const std::string& name, const std::string& about,
                Notes& notes) {
  const auto note = [&](const std::string& text) { notes.push_back({about, text}); };
  if (domain.autostart)
    note("libvirt on '" + domain.node +
         "' starts it by itself; before it comes into the cluster: virsh autostart --disable " +
         name);
  if (domain.managed_save)
    note("it has a saved state on '" + domain.node +
         "', which other nodes do not have: start it and shut it down, or: virsh "
         "managedsave-remove " +
         name);
  if (domain.snapshots)
    note("its snapshots are known on '" + domain.node + "' alone and do not move along");
}

}  // namespace

Draft draft_of(const LibvirtDomain& domain, const Wishes& wishes, const Cluster& cluster,
               Notes& notes) {
  const std::string from = "a domain of '" + domain.node + "'";
  const auto parts = plain_domain(domain.xml, from);
  const Facts facts = facts_of(parts, from);
  const std::string about = text::one_line(facts.name, 80);
  Draft draft{.vm = cluster.defaults, .definition = domain.xml, .from = from};
  Vm& vm = draft.vm;
  vm.name = wishes.name ? *wishes.name : name_from(facts.name, cluster);
  if (wishes.host)
    vm.host = *wishes.host;
  else if (const auto host = options::Text<inventory::HostName>::parse(facts.title);
           host && facts.title.find('.') != std::string::npos)
    vm.host = *host;
  else
    vm.host = host_from(vm.name);
  if (!wishes.host) notes.push_back({about, "its host name is taken to be '" + vm.host.text + "'"});
  place(vm, facts, wishes, cluster, about);
  vm.uuid = facts.uuid;
  vm.cpus = facts.cpus;
  vm.memory = facts.memory;
  vm.disks = facts.disks;
  if (vm.disks.empty())
    throw Error(Fault::misconfigured,
                text::quote(about) + " has no disk that is a file or a device",
                "write a template and a file for it yourself");
  vm.nodes = {{domain.node}};
  vm.kind = wishes.local ? inventory::Kind::local : inventory::Kind::cluster;
  vm.wanted = domain.running ? inventory::Wanted::started : inventory::Wanted::stopped;
  const auto fqn = inventory::derive(vm, cluster.zones, cluster.uuid_prefix).fqn;
  if (fqn != facts.name && domain.running)
    throw Error(Fault::misconfigured,
                text::quote(about) + " runs, and is to be called '" + fqn +
                    "': libvirt renames no domain that runs",
                "shut it down, then import it again");
  if (fqn != facts.name)
    notes.push_back({about, "it becomes '" + fqn + "'; before that runs, on '" + domain.node +
                                "': virsh undefine --keep-nvram " + facts.name});
  note_state(domain, facts.name, about, notes);
  return draft;
}

}  // namespace havc::importer
