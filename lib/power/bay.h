// One bay as the management module describes it: pure decoding, one column at a time, in which
// nothing that is odd ever becomes "off".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "power/chassis.h"
#include "snmp/session.h"

namespace havc::power {

struct State {
  Power power = Power::unknown;
  std::string word;  ///< "on", or what was found instead: "state 7", "no state"
};

struct Bay {
  std::uint32_t index = 0;  ///< of its row: where commands go
  int number = 0;           ///< what the administrator counts; 0 when the module does not say
  bool exists = false;      ///< a blade is in it, says the module
  State state;
  std::string health;  ///< "good", "flashing", "health 20"; empty when not told
  std::string name;    ///< as it was configured, up to the first NUL

  /// "bay 3 (node1)"
  std::string text() const;
};

/// The objects of row `index` that decode() wants, in its order.
std::vector<snmp::Oid> objects(const Chassis& chassis, std::uint32_t index);
/// Their columns.
std::vector<snmp::Oid> columns(const Chassis& chassis);

Bay decode(const Chassis& chassis, std::uint32_t index, const std::vector<snmp::Value>& values);

}  // namespace havc::power
