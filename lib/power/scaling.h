// Blades that are joined into one system (HX5 with a scalability card, X6 nodes): who belongs
// together, by the tables of the management module. Pure.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "power/chassis.h"
#include "power/lookup.h"
#include "snmp/request.h"

namespace havc::power {

/// A blade, or a drawer of memory, that is joined to others.
struct Node {
  int bay = 0;
  std::int64_t complex = 0;
  std::int64_t partition = 0;
  bool processor = true;  ///< false: memory alone, which no system runs on
};

/// The columns to read of such a table; none when this kind of chassis has no such thing.
std::vector<snmp::Oid> scaling_columns(const Chassis& chassis);

/// The rows of these columns, without blades that work for themselves.
std::vector<Node> nodes_of(const Chassis& chassis, const std::vector<snmp::Row>& rows);

/// Complex and partition of each node, once: what the modes of partitions are read for.
std::vector<std::pair<std::int64_t, std::int64_t>> partitions_of(const std::vector<Node>& nodes);

/// Systems of chassis `number`. `stand_alone`: of partitions_of(), those whose blades work for
/// themselves at present. A partition of one blade is a system, too; a complex of one is not.
std::vector<System> systems_of(
    const Chassis& chassis, int number, const std::vector<Node>& nodes,
    const std::vector<std::pair<std::int64_t, std::int64_t>>& stand_alone);

}  // namespace havc::power
