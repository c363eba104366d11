#include "power/bay.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace havc::power {

namespace {

constexpr std::string_view kHexadecimal = "0123456789abcdef";
constexpr std::int64_t kMostBay = 999;  // a number above is nonsense; chassis have 14

std::string health_of(const Chassis& chassis, const snmp::Value& value) {
  const auto code = snmp::number(value);
  if (!code) return {};
  for (const auto& row : chassis.healths) {
    if (row.code == *code) return std::string(row.word);
  }
  return "health " + std::to_string(*code);
}

bool is_busy(const Chassis& chassis, const snmp::Value& value) {
  const auto code = snmp::number(value);
  return code && std::any_of(chassis.healths.begin(), chassis.healths.end(),
                             [&](const HealthCode& row) { return row.busy && row.code == *code; });
}

int number_of(const snmp::Value& value) {
  const auto number = snmp::number(value);
  return number && *number > 0 && *number <= kMostBay ? static_cast<int>(*number) : 0;
}

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF-: ") == text.npos;
}

}  // namespace

std::string_view printed(Power power) {
  switch (power) {
    case Power::off:
      return "OFF";
    case Power::on:
    case Power::asleep:
      return "ON";
    case Power::unknown:
      break;
  }
  return "UNKNOWN";
}

std::string Bay::place() const {
  return (chassis == 0 ? "" : std::to_string(chassis) + "/") + std::to_string(number);
}

std::string Bay::text() const {
  constexpr std::size_t kMostName = 40;
  const std::string shown = text::one_line(name, kMostName);
  return "bay " + place() + (shown.empty() ? "" : " (" + shown + ")");
}

State state_of(std::span<const StateCode> codes, const snmp::Value& value) {
  const auto code = snmp::number(value);
  if (!code) return {Power::unknown, "no state"};
  for (const auto& row : codes) {
    if (row.code == *code) return {row.power, std::string(row.word)};
  }
  return {Power::unknown, "state " + std::to_string(*code)};
}

std::string uuid_of(std::string_view text) {
  constexpr std::size_t kBytes = 16;
  std::string digits;
  if (text.size() == kBytes && !is_hexadecimal(text)) {
    for (const char byte : text) {
      const auto code = static_cast<unsigned char>(byte);
      digits += kHexadecimal[code / 16];
      digits += kHexadecimal[code % 16];
    }
  } else {
    text = text.substr(0, text.find('\0'));
    if (!is_hexadecimal(text)) return {};
    for (const char letter : text::lower(text)) {
      if (kHexadecimal.find(letter) != kHexadecimal.npos) digits += letter;
    }
  }
  if (digits.size() != 2 * kBytes) return {};
  // All zeros or all ones say that none is set (RFC 4122 4.1.7).
  return digits.find_first_not_of(digits.front()) == digits.npos ? std::string() : digits;
}

std::string swapped(const std::string& uuid) {
  // time_low, time_mid and time_hi_and_version of RFC 4122: 4, 2 and 2 bytes
  constexpr std::array<std::pair<std::size_t, std::size_t>, 3> kGroups{{{0, 4}, {4, 2}, {6, 2}}};
  std::string result = uuid;
  for (const auto& [first, count] : kGroups) {
    for (std::size_t i = 0; i < count; ++i) {
      result.replace(2 * (first + i), 2, uuid, 2 * (first + count - 1 - i), 2);
    }
  }
  return result;
}

std::vector<snmp::Oid> columns(const Chassis& chassis) {
  const Columns& all = chassis.columns;
  std::vector<snmp::Oid> result = {all.bay, all.exists, all.state, all.health, all.name};
  std::erase_if(result, [](const snmp::Oid& column) { return column.empty(); });
  return result;
}

std::vector<snmp::Oid> objects(const Chassis& chassis, std::uint32_t index) {
  auto result = columns(chassis);
  for (auto& oid : result) oid = oid / index;
  return result;
}

Bay decode(const Chassis& chassis, std::uint32_t index, const std::vector<snmp::Value>& values) {
  std::size_t next = 0;  // columns() leaves out what the chassis does not have
  const auto take = [&](const snmp::Oid& column) {
    return column.empty() ? snmp::Value(snmp::Absent()) : values.at(next++);
  };
  Bay bay;
  bay.index = index;
  bay.number = number_of(take(chassis.columns.bay));
  const auto exists = snmp::number(take(chassis.columns.exists));
  bay.exists = chassis.columns.exists.empty() ? bay.number != 0 : exists == 1;
  bay.empty = exists == 0;
  bay.state = state_of(chassis.states, take(chassis.columns.state));
  const auto health = take(chassis.columns.health);
  bay.health = health_of(chassis, health);
  bay.busy = is_busy(chassis, health);
  bay.name = snmp::text(take(chassis.columns.name));
  return bay;
}

std::uint32_t inventory_row(const Chassis& chassis, const Bay& bay) {
  return chassis.inventory.by_bay ? static_cast<std::uint32_t>(bay.number) : bay.index;
}

std::vector<snmp::Oid> objects(const Chassis& chassis, const Bay& bay) {
  auto result = objects(chassis, bay.index);
  if (!bay.uuid.empty()) result.push_back(chassis.inventory.uuid / inventory_row(chassis, bay));
  return result;
}

Bay decode(const Chassis& chassis, const Bay& bay, const std::vector<snmp::Value>& values) {
  Bay now = decode(chassis, bay.index, values);
  now.chassis = bay.chassis;
  now.serial = bay.serial;
  now.width = bay.width;
  const std::size_t behind = columns(chassis).size();
  const auto* uuid = values.size() > behind ? std::get_if<std::string>(&values[behind]) : nullptr;
  if (uuid != nullptr) now.uuid = uuid_of(*uuid);
  return now;
}

}  // namespace havc::power
