#include "power/scaling.h"

#include <algorithm>
#include <map>

namespace havc::power {

namespace {

using Partition = std::pair<std::int64_t, std::int64_t>;

bool has_partitions(const Chassis& chassis) {
  return !chassis.scaling.partition.empty();
}

}  // namespace

std::vector<snmp::Oid> scaling_columns(const Chassis& chassis) {
  const auto& scaling = chassis.scaling;
  if (scaling.complex.empty()) return {};
  if (!has_partitions(chassis)) return {scaling.complex};
  return {scaling.complex, scaling.partition, scaling.role, scaling.type};
}

std::vector<Node> nodes_of(const Chassis& chassis, const std::vector<snmp::Row>& rows) {
  const auto& scaling = chassis.scaling;
  std::vector<Node> nodes;
  for (const auto& row : rows) {
    const auto complex = snmp::number(row.values.at(0));
    Node node{.bay = static_cast<int>(row.index), .complex = complex.value_or(0)};
    if (has_partitions(chassis)) {
      // A blade that works for itself has that for its role, and sometimes for its partition.
      const auto partition = snmp::number(row.values.at(1));
      const auto role = snmp::number(row.values.at(2));
      if (role == scaling.unassigned || partition == scaling.unassigned) continue;
      if (!role && (!complex || !partition)) continue;
      node.partition = partition.value_or(0);
      // Of a type that is not known, a system may run on it.
      const auto type = snmp::number(row.values.at(3));
      node.processor = !type || std::find(scaling.drawers.begin(), scaling.drawers.end(), *type) ==
                                    scaling.drawers.end();
    } else if (!complex || *complex <= 0) {
      continue;
    }
    nodes.push_back(node);
  }
  return nodes;
}

std::vector<Partition> partitions_of(const std::vector<Node>& nodes) {
  std::vector<Partition> found;
  for (const auto& node : nodes) {
    const Partition partition{node.complex, node.partition};
    if (std::find(found.begin(), found.end(), partition) == found.end()) found.push_back(partition);
  }
  return found;
}

std::vector<System> systems_of(const Chassis& chassis, int number, const std::vector<Node>& nodes,
                               const std::vector<Partition>& stand_alone) {
  std::map<Partition, System> systems;
  for (const auto& node : nodes) {
    auto& system = systems[{node.complex, node.partition}];
    (node.processor ? system.bays : system.drawers).push_back(node.bay);
  }
  std::vector<System> found;
  for (auto& [partition, system] : systems) {
    const bool alone =
        std::find(stand_alone.begin(), stand_alone.end(), partition) != stand_alone.end();
    const bool one_image = has_partitions(chassis);
    if (alone || system.bays.empty() || (!one_image && system.bays.size() < 2)) continue;
    system.chassis = number;
    system.one_image = one_image;
    system.words = (one_image ? "partition " + std::to_string(partition.second) + " of " : "") +
                   "complex " + std::to_string(partition.first);
    found.push_back(std::move(system));
  }
  return found;
}

}  // namespace havc::power
