// One bay as the management module describes it: pure decoding, one column at a time, in which
// nothing that is odd ever becomes "off".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "power/chassis.h"
#include "snmp/request.h"

namespace havc::power {

struct State {
  Power power = Power::unknown;
  std::string word;  ///< "on", or what was found instead: "state 7", "no state"
};

/// "OFF", "ON" or "UNKNOWN", as fencing programs print it: asleep is not off.
std::string_view printed(Power power);

struct Bay {
  std::uint32_t index = 0;  ///< of its row: where commands go
  int chassis = 0;          ///< counted from 1; 0 when there is only one
  int number = 0;           ///< what the administrator counts; 0 when the module does not say
  bool exists = false;      ///< a blade is in it, says the module
  bool empty = false;       ///< none is, says the module: not the same as saying neither
  State state;
  std::string health;  ///< "good", "flashing", "health 20"; empty when not told
  bool busy = false;   ///< by its health, something that cutting its power may break is at work
  std::string name;    ///< as it was configured, up to the first NUL
  std::string uuid;    ///< 32 lower-case hexadecimal digits; empty when not known
  std::string serial;  ///< empty when not known
  int width = 1;       ///< bays that the blade fills, from this one on

  /// "3", or "2/3" in the second of several chassis: how it is given on command lines and in maps.
  std::string place() const;
  /// "bay 3 (node1)"
  std::string text() const;
};

/// What `value` means in a column with these codes; unknown for anything else.
State state_of(std::span<const StateCode> codes, const snmp::Value& value);

/// A UUID as Bay has it, from 16 bytes or from hexadecimal digits with blanks, dashes or colons
/// anywhere; empty when it is something else, or all its digits are the same.
std::string uuid_of(std::string_view text);
/// The other order of bytes: dmidecode prints the first three groups with theirs reversed.
std::string swapped(const std::string& uuid);

/// The objects of row `index` that decode() wants, in its order: as many as the chassis has.
std::vector<snmp::Oid> objects(const Chassis& chassis, std::uint32_t index);
/// Their columns.
std::vector<snmp::Oid> columns(const Chassis& chassis);

Bay decode(const Chassis& chassis, std::uint32_t index, const std::vector<snmp::Value>& values);

/// The bay's row in the inventory.
std::uint32_t inventory_row(const Chassis& chassis, const Bay& bay);

/// What to read together before a command and for a confirmation: the objects of its row, and its
/// UUID if it has one.
std::vector<snmp::Oid> objects(const Chassis& chassis, const Bay& bay);

/// What objects() of `bay` say now. Chassis, serial number and width are not asked: they stay.
Bay decode(const Chassis& chassis, const Bay& bay, const std::vector<snmp::Value>& values);

}  // namespace havc::power
