// Which objects a management module shows, and which of them command power: the MIB's side of the
// simulated chassis, without the protocol. Object identifiers are those of IBM's BLADE-MIB 6.3
// (AMM) and CME-MIB 21 (CMM).
#pragma once

#include "chassis/chassis.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace havc::chassis {

using ObjectId = std::vector<std::uint32_t>;
using Value = std::variant<int, std::string>;
using Objects = std::map<ObjectId, Value>;  // in the order in which a walk shows them

enum class Face { amm, cmm };

/// The management module itself.
struct Module {
  Face face = Face::amm;
  std::string description;  ///< sysDescr; empty: what IBM's own modules say
};

/// The roots of everything that is shown: MIB-II's system group and IBM's bladeCenterSnmpMIB.
const std::vector<ObjectId>& roots();

/// All readable objects as they are now. Each table has a row for each bay, empty ones too (their
/// `exists` is 0).
Objects objects(const Module& module, const Chassis& chassis);

/// A writable object.
struct Control {
  int bay;
  bool restart;  ///< restartBlade, which takes 1; otherwise powerOnOffBlade, which takes 0, 1 or 2
};
std::optional<Control> control(const ObjectId& id, const Chassis& chassis);

/// What writing `value` commands; nothing when the MIB does not define that value.
std::optional<Command> command_of(const Control& control, long value);

}  // namespace havc::chassis
