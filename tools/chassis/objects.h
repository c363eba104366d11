// Which objects a management module shows: the MIB's side of the simulated chassis, without the
// protocol. Object identifiers are those of IBM's BLADE-MIB 6.3 (AMM) and CME-MIB 21 (CMM).
#pragma once

#include "chassis/chassis.h"
#include "chassis/module.h"

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace havc::chassis {

using ObjectId = std::vector<std::uint32_t>;

struct Unsigned {
  std::uint32_t number;
  bool operator==(const Unsigned&) const = default;
};
/// An int is an INTEGER, an Unsigned a Gauge, a text an OCTET STRING, an Address an IpAddress; an
/// Uptime is an INTEGER whose value is made when it is asked for.
using Value = std::variant<int, std::string, Unsigned, Address, Uptime>;

struct Object {
  Value value;
  int bay = 0;  ///< whose row it is part of; 0: no bay's
};
using Objects = std::map<ObjectId, Object>;  // in the order in which a walk shows them

/// The roots of everything that is shown: MIB-II's system group and IBM's bladeCenterSnmpMIB.
const std::vector<ObjectId>& roots();

/// All readable objects as they are now. Each table of blades has a row for each bay, empty ones
/// too (their `exists` is 0), except where the MIB says otherwise.
Objects objects(const Module& module, const Grants& grants, const Chassis& chassis);

/// Text as the module shows it: some end it with a NUL byte.
std::string shown(const Bay& bay, const std::string& text);

}  // namespace havc::chassis
