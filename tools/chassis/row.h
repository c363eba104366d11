// Builds rows of tables below bladeCenterSnmpMIB, and knows where the tables are that have commands
// in them.
#pragma once

#include "chassis/objects.h"

#include <utility>

namespace havc::chassis {

using Tail = std::vector<std::uint32_t>;

/// IBM's bladeCenterSnmpMIB.
inline const ObjectId kBladeCenter{1, 3, 6, 1, 4, 1, 2, 3, 51, 2};

// Entries of tables, below kBladeCenter.
inline const Tail kPowerRestart{22, 1, 6, 1, 1};  // bladePowerRestartTable
inline const Tail kPowerOnTime{22, 1, 10, 1, 1};  // bladeBootCountPowerOnTimeTable
inline const Tail kComponentPower{22, 31, 1, 1};  // CME-MIB componentPowerTable
inline const Tail kServiceReset{22, 38, 1, 1};    // CME-MIB componentServiceResetTable
inline const Tail kPartitionEntry{24, 2, 1};      // BLADE-MIB scalableComplexPartitionTable
inline const Tail kNodeEntry{24, 3, 1};           // BLADE-MIB scalableComplexNodeTable

/// CME-MIB's index of a blade: its topology path, CHASSIS 1, BLADE n. The MIB wants a length before
/// it only where another index follows.
inline Tail path_of(int bay) {
  return {1, 1, 3, static_cast<std::uint32_t>(bay)};
}

inline ObjectId join(ObjectId head, const Tail& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

class Row {
 public:
  Row(Objects& objects, const Tail& entry, Tail index, int bay = 0)
      : objects_(objects), entry_(join(kBladeCenter, entry)), index_(std::move(index)), bay_(bay) {}
  void add(std::uint32_t column, Value value) {
    objects_.insert_or_assign(join(join(entry_, {column}), index_), Object{std::move(value), bay_});
  }

 private:
  Objects& objects_;
  ObjectId entry_;
  Tail index_;
  int bay_;
};

/// Tables that only a Flex System has, and those of scaled blades, which differ.
void add_components(Objects& objects, const Module& module, const Chassis& chassis);
void add_scaling(Objects& objects, const Module& module, const Chassis& chassis);

}  // namespace havc::chassis
