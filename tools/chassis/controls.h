// Which objects are writable, and what writing them means. Their codes differ from table to table;
// nothing here is shared that the MIBs do not share.
#pragma once

#include "chassis/objects.h"

#include <optional>

namespace havc::chassis {

struct Control {
  enum class Kind {
    power,            ///< powerOnOffBlade: off 0, on 1, softoff 2
    restart,          ///< restartBlade: execute 1
    boots,            ///< bootCountPowerOnTimeBoots: any value makes it 0
    seconds,          ///< bootCountPowerOnTimeSecs, likewise
    component_power,  ///< componentPowerAction: none 0, off 1, on 2, softoff 3, restart 4
    service_reset,    ///< componentServiceResetCmd: noOperation 0, virtual reseat 1, hard restart 2
    partition,        ///< scalableComplexPartitionAction: poweron 2, poweroff 3, powercycle 4
    node,             ///< scalableComplexNodeAction, of an unassigned node: poweroff 1, poweron 2
  };
  Kind kind;
  int bay;  ///< of a partition, its primary
};

/// The writable object `id`, if it is one.
std::optional<Control> control(const ObjectId& id, const Module& module, const Chassis& chassis);

/// Whether the MIB defines `value` for it.
bool defined(const Control& control, long value);
/// What writing `value` commands; nothing when it is no command (as a reset of a counter).
std::optional<Command> command_of(const Control& control, long value);

}  // namespace havc::chassis
