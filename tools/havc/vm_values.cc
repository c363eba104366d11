// A table, longer than other files are.
#include "havc/vm_values.h"

#include <algorithm>

namespace havc::cli {

namespace {

using inventory::Cluster;
using inventory::Vm;

template <class T>
Cell texts_of(const std::vector<T>& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const auto& each : values) texts.push_back(each.text);
  return texts;
}

Cell number(int value) {
  return std::int64_t{value};
}

template <class T>
Cell number(const std::optional<T>& value) {
  return value ? number(value->number) : Cell();
}

template <class T>
Cell text(const std::optional<T>& value) {
  return value ? Cell(value->text()) : Cell();
}

Cell metadata_of(const Vm& vm) {
  std::vector<std::string> texts;
  for (const auto& [key, value] : vm.metadata) texts.push_back(std::string(key) + "=" + value);
  return texts;
}

constexpr std::array kValues{
    VmValue{{"name", "NAME", "The name"},
            [](const Vm& vm, const Cluster&) -> Cell { return vm.name.text; }},
    VmValue{{"fqn", "FQN", "Name and zone: the resource, the domain and its files", false},
            [](const Vm& vm, const Cluster&) -> Cell { return vm.identity.fqn; }},
    VmValue{{"zone", "ZONE", "The zone"},
            [](const Vm& vm, const Cluster&) -> Cell { return vm.identity.zone.text; }},
    VmValue{{"host", "HOST", "The name in DNS", false},
            [](const Vm& vm, const Cluster&) -> Cell { return vm.host.text; }},
    VmValue{{"address", "ADDRESS", "The IPv4 address, or the IPv6 address of a guest without one"},
            [](const Vm& vm, const Cluster&) -> Cell {
              return vm.address ? Cell(inventory::text_of(*vm.address)) : Cell();
            }},
    VmValue{{"address_v6", "IPV6", "The IPv6 address", false},
            [](const Vm& vm, const Cluster&) -> Cell { return text(vm.identity.ipv6); }},
    VmValue{{"mac", "MAC", "The MAC address", false},
            [](const Vm& vm, const Cluster&) -> Cell { return vm.identity.mac.text(); }},
    VmValue{{"uuid", "UUID", "The UUID", false},
            [](const Vm& vm, const Cluster&) -> Cell { return vm.identity.uuid.text(); }},
    VmValue{{"cpus", "CPUS", "Virtual CPUs"},
            [](const Vm& vm, const Cluster&) { return number(vm.cpus.number); }},
    VmValue{{"memory", "MEMORY", "Memory in MiB"},
            [](const Vm& vm, const Cluster&) { return number(vm.memory.number); }},
    VmValue{{"disks", "DISKS", "Paths of images and block devices", false},
            [](const Vm& vm, const Cluster&) { return texts_of(vm.disks); }},
    VmValue{{"nodes", "NODES", "The nodes it prefers, the first choice first"},
            [](const Vm& vm, const Cluster&) { return texts_of(vm.nodes); }},
    VmValue{{"kind", "KIND", "cluster, or local: on its one node, not in the cluster", false},
            [](const Vm& vm, const Cluster&) -> Cell { return word_of(vm.kind); }},
    VmValue{{"wanted", "WANTED", "What it should be: started, stopped or disabled"},
            [](const Vm& vm, const Cluster&) -> Cell { return word_of(vm.wanted); }},
    VmValue{{"tags", "TAGS", "Its tags"},
            [](const Vm& vm, const Cluster&) { return texts_of(vm.tags); }},
    VmValue{{"metadata", "METADATA", "Its metadata, each KEY=VALUE", false},
            [](const Vm& vm, const Cluster&) { return metadata_of(vm); }},
    VmValue{{"email", "EMAIL", "Who is told of starts, recoveries, stops and moves", false},
            [](const Vm& vm, const Cluster&) { return vm.email ? Cell(*vm.email) : Cell(); }},
    VmValue{{"priority", "PRIORITY", "Which goes first where not all have room: the higher", false},
            [](const Vm& vm, const Cluster&) { return number(vm.priority); }},
    VmValue{{"stop_timeout", "STOP", "Seconds for shutting down", false},
            [](const Vm& vm, const Cluster&) { return number(vm.stop_timeout.number); }},
    VmValue{{"migration_timeout", "MIGRATION", "Seconds for a move", false},
            [](const Vm& vm, const Cluster&) { return number(vm.migration_timeout.number); }},
    VmValue{{"migration_downtime", "DOWNTIME", "Milliseconds without it at a move's end", false},
            [](const Vm& vm, const Cluster&) { return number(vm.migration_downtime); }},
    VmValue{{"template", "TEMPLATE", "The template of its definition", false},
            [](const Vm& vm, const Cluster& cluster) -> Cell {
              return vm.domain_template.value_or(cluster.templates.domain).text;
            }},
    VmValue{{"file", "FILE", "Where all this is written", false},
            [](const Vm& vm, const Cluster&) -> Cell { return vm.source.file; }},
};

constexpr auto columns_of_values() {
  std::array<ColumnDoc, kValues.size()> columns{};
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = kValues[i].column;
  return columns;
}
constexpr auto kColumns = columns_of_values();

/// They follow from others where the file does not say them.
constexpr std::array<std::string_view, 7> kDerived{"fqn",        "zone",  "mac", "uuid",
                                                   "address_v6", "disks", "file"};

}  // namespace

std::span<const VmValue> vm_values() {
  return kValues;
}
std::span<const ColumnDoc> vm_columns() {
  return kColumns;
}

Row values_of(const Vm& vm, const Cluster& cluster) {
  Row row;
  for (const auto& each : kValues) row.push_back(each.of(vm, cluster));
  return row;
}

std::string origin_of(const VmValue& value, const Vm& vm, const Cluster& cluster) {
  const std::string key(value.column.key);
  const auto place = [&key](const inventory::Source& source) {
    const auto line = source.lines.find(key);
    return line == source.lines.end() ? std::string()
                                      : source.file + ":" + std::to_string(line->second);
  };
  if (auto own = place(vm.source); !own.empty()) return own;
  // [defaults] are those of a virtual machine; its template's name is among the templates'.
  if (auto common = place(cluster.defaults.source); !common.empty()) return common;
  if (key == "template") {
    const auto line = cluster.templates.source.lines.find("domain");
    if (line != cluster.templates.source.lines.end())
      return cluster.templates.source.file + ":" + std::to_string(line->second);
  }
  return std::find(kDerived.begin(), kDerived.end(), key) == kDerived.end() ? "default" : "derived";
}

}  // namespace havc::cli
