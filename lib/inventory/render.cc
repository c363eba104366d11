#include "inventory/render.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "inventory/check.h"
#include "xml/edit.h"
#include "xml/writer.h"

namespace havc::inventory {

namespace {

template <class T>
std::string text_or_none(const std::optional<T>& value) {
  return value ? value->text() : std::string();
}

template <int low, int high>
std::string number_or_none(const std::optional<Between<low, high>>& value) {
  return value ? std::to_string(value->number) : std::string();
}

/// VM_IMAGE or VM_DEVICE, with the disk's number from the second.
std::string macro_of_disk(const Path& disk, std::size_t index) {
  const std::string name = is_device(disk) ? "VM_DEVICE" : "VM_IMAGE";
  return index == 0 ? name : name + "_" + std::to_string(index + 1);
}

const Zone& zone_of(const Vm& vm, const Cluster& cluster) {
  const auto found = std::find_if(cluster.zones.begin(), cluster.zones.end(),
                                  [&](const Zone& each) { return each.name == vm.identity.zone; });
  if (found == cluster.zones.end())
    throw refusal(vm.source, "zone", "zone " + text::quote(vm.identity.zone.text) + " is not known",
                  "add it to the cluster");
  return *found;
}

std::string description(const Identity& identity, const Zone& zone) {
  std::vector<std::string> parts{"zone " + zone.name.text};
  if (zone.vlan) parts.push_back("VLAN " + std::to_string(zone.vlan->number));
  if (identity.ipv4) parts.push_back(identity.ipv4->text());
  if (identity.ipv6) parts.push_back(identity.ipv6->text());
  return text::join(parts, ", ");
}

std::string metadata_of(const Vm& vm) {
  xml::Writer writer;
  {
    const auto all = writer.element("inventory:vm", {{"xmlns:inventory", kMetadataNamespace}});
    for (const auto& tag : vm.tags) writer.empty("inventory:tag", {{"name", tag.text}});
    for (const auto& [name, value] : vm.metadata)
      writer.leaf("inventory:value", value, {{"name", name}});
  }
  return writer.text();
}

std::string tags_piece(const Vm& vm) {
  xml::Writer writer;
  {
    const auto cib = writer.element("cib");
    const auto configuration = writer.element("configuration");
    const auto tags = writer.element("tags");
    for (const auto& each : vm.tags) {
      const auto tag = writer.element("tag", {{"id", each.text}});
      writer.empty("obj_ref", {{"id", vm.identity.fqn}});
    }
  }
  return writer.text();
}

Values values_of(const Chassis& chassis) {
  return {{"CHASSIS", chassis.name.text},
          {"STONITH_TYPE",
           std::string(options::Text<ChassisType>::kWords[static_cast<std::size_t>(chassis.type)])},
          {"MGMT_ADDRESS", chassis.address.text},
          {"SNMP_CONF_PATH", chassis.snmp_conf_path.text}};
}

Values values_of(const Cluster& cluster) {
  std::vector<std::string> hosts;
  for (const auto& each : cluster.ping_hosts) hosts.push_back(text_of(each));
  Values values{{"PING_HOSTS", text::join(hosts, " ")}};
  if (cluster.admin_address && cluster.admin_interface) {
    values["ADMIN_ADDRESS"] = text_of(cluster.admin_address->address);
    values["ADMIN_PREFIX"] = std::to_string(cluster.admin_address->length);
    values["ADMIN_INTERFACE"] = cluster.admin_interface->text;
  }
  return values;
}

void add_identity(const Vm& vm, const Zone& zone, Values& values) {
  const Identity& identity = vm.identity;
  values["VM_FQN"] = identity.fqn;
  values["HOST_NAME"] = vm.host.text;
  values["IP_ADDRESS"] = text_or_none(identity.ipv4);
  values["IP_ADDRESS_V6"] = text_or_none(identity.ipv6);
  values["MAC_ADDRESS"] = identity.mac.text();
  values["UUID_SUFFIX"] = identity.mac.digits();
  values["VM_UUID"] = identity.uuid.text();
  values["NETWORK_ZONE"] = zone.name.text;
  values["NETWORK_VLAN"] = number_or_none(zone.vlan);
  values["NETWORK_BRIDGE"] = zone.bridge.text;
  values["DESCRIPTION"] = description(identity, zone);
}

void add_hardware(const Vm& vm, Values& values) {
  values["VM_CPUS"] = std::to_string(vm.cpus.number);
  values["VM_MEMORY"] = std::to_string(vm.memory.number);
  for (std::size_t i = 0; i < vm.disks.size(); ++i)
    values[macro_of_disk(vm.disks[i], i)] = vm.disks[i].text;
  if (!vm.disks.empty()) values["VM_DISK_TYPE"] = is_device(vm.disks.front()) ? "block" : "file";
}

void add_resource(const Vm& vm, Values& values) {
  values["EMAIL"] = vm.email.value_or("");
  values["TARGET_ROLE"] = vm.wanted == Wanted::started ? "Started" : "Stopped";
  values["PRIORITY"] = number_or_none(vm.priority);
  values["STOP_TIMEOUT"] = std::to_string(vm.stop_timeout.number);
  values["MIGRATION_TIMEOUT"] = std::to_string(vm.migration_timeout.number);
  values["MIGRATION_DOWNTIME"] = number_or_none(vm.migration_downtime);
  if (!vm.nodes.empty()) values["PREFERRED_NODE"] = vm.nodes[0].text;
  if (vm.nodes.size() > 1) values["PREFERRED_NODE_2"] = vm.nodes[1].text;
}

/// Where the name of its template is said.
Error refused_template(const Vm& vm, const Cluster& cluster, const std::string& problem,
                       const std::string& remedy) {
  if (vm.source.lines.contains("template")) return refusal(vm.source, "template", problem, remedy);
  if (vm.domain_template) return refusal(cluster.defaults.source, "template", problem, remedy);
  const bool said = cluster.templates.source.lines.contains("domain");
  return refusal(said ? cluster.templates.source : cluster.source, "domain", problem, remedy);
}

const Template& template_of(const Vm& vm, const Cluster& cluster, TemplateFolders& templates) {
  constexpr std::string_view kRoot = "domain";
  const FileName name = vm.domain_template.value_or(cluster.templates.domain);
  const auto others = [&] {
    const auto names = templates.names(kRoot);
    return names.empty() ? "put it there" : "name one of: " + text::join(names, ", ");
  };
  if (!templates.has(name))
    throw refused_template(vm, cluster,
                           "there is no template " + text::quote(name.text) +
                               " of a definition in " + text::join(templates.folders(), ", "),
                           others());
  const Template& domain = templates.get(name);
  if (domain.root() != kRoot)
    throw refused_template(vm, cluster,
                           "template " + text::quote(domain.file()) +
                               " is of no definition: its root is <" + domain.root() + ">",
                           others());
  return domain;
}

}  // namespace

Values values_of(const Vm& vm, const Cluster& cluster) {
  Values values;
  add_identity(vm, zone_of(vm, cluster), values);
  add_hardware(vm, values);
  add_resource(vm, values);
  return values;
}

std::string domain_xml(const Vm& vm, const Cluster& cluster, TemplateFolders& templates) {
  const Template& domain = template_of(vm, cluster, templates);
  for (std::size_t i = 0; i < vm.disks.size(); ++i) {
    const std::string macro = macro_of_disk(vm.disks[i], i);
    if (domain.uses(macro)) continue;
    throw refusal(vm.source, "disks",
                  "template " + text::quote(domain.file()) + " has no place for disk " +
                      text::quote(vm.disks[i].text),
                  "write %{" + macro + "} into the template");
  }
  std::string text = domain.fill(values_of(vm, cluster));
  if (vm.tags.empty() && vm.metadata.empty()) return text;
  return xml::with_markup(text, "metadata", metadata_of(vm));
}

std::optional<Error> why_no_domain(const Vm& vm, const Cluster& cluster,
                                   TemplateFolders& templates) {
  try {
    static_cast<void>(domain_xml(vm, cluster, templates));
    return {};
  } catch (const Error& error) {
    return error;
  }
}

std::vector<std::string> cib_pieces(const Vm& vm, const Cluster& cluster,
                                    TemplateFolders& templates) {
  if (vm.kind == Kind::local || vm.wanted == Wanted::disabled) return {};
  const auto values = values_of(vm, cluster);
  std::vector<std::string> pieces{templates.get(cluster.templates.resource).fill(values),
                                  templates.get(cluster.templates.constraint).fill(values)};
  if (!vm.tags.empty()) pieces.push_back(tags_piece(vm));
  return pieces;
}

std::vector<std::string> full_cib_pieces(const Vm& vm, const Cluster& cluster,
                                         TemplateFolders& templates) {
  auto values = values_of(vm, cluster);
  for (const auto& macro : macros()) {
    auto& value = values[std::string(macro.name)];
    if (value.empty()) value = "0";
  }
  return {templates.get(cluster.templates.resource).fill(values),
          templates.get(cluster.templates.constraint).fill(values)};
}

std::vector<std::string> cib_pieces(const Cluster& cluster, TemplateFolders& templates) {
  const auto values = values_of(cluster);
  std::vector<std::string> pieces{templates.get(cluster.templates.cluster_options).fill(values)};
  for (const auto& chassis : cluster.chassis)
    pieces.push_back(templates.get(cluster.templates.stonith).fill(values_of(chassis)));
  if (!cluster.ping_hosts.empty())
    pieces.push_back(templates.get(cluster.templates.ping).fill(values));
  if (cluster.admin_address)
    pieces.push_back(templates.get(cluster.templates.admin_address).fill(values));
  return pieces;
}

}  // namespace havc::inventory
