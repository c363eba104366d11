#include "power/bay.h"

#include "base/text.h"

namespace havc::power {

namespace {

constexpr std::int64_t kMostBay = 999;  // a number above is nonsense; chassis have 14

State state_of(const Chassis& chassis, const snmp::Value& value) {
  const auto code = snmp::number(value);
  if (!code) return {Power::unknown, "no state"};
  for (const auto& row : chassis.states) {
    if (row.code == *code) return {row.power, std::string(row.word)};
  }
  return {Power::unknown, "state " + std::to_string(*code)};
}

std::string health_of(const Chassis& chassis, const snmp::Value& value) {
  const auto code = snmp::number(value);
  if (!code) return {};
  for (const auto& row : chassis.healths) {
    if (row.code == *code) return std::string(row.word);
  }
  return "health " + std::to_string(*code);
}

int number_of(const snmp::Value& value) {
  const auto number = snmp::number(value);
  return number && *number > 0 && *number <= kMostBay ? static_cast<int>(*number) : 0;
}

}  // namespace

std::string Bay::text() const {
  constexpr std::size_t kMostName = 40;
  const std::string shown = text::one_line(name, kMostName);
  return "bay " + std::to_string(number) + (shown.empty() ? "" : " (" + shown + ")");
}

std::vector<snmp::Oid> columns(const Chassis& chassis) {
  const Columns& all = chassis.columns;
  return {all.bay, all.exists, all.state, all.health, all.name};
}

std::vector<snmp::Oid> objects(const Chassis& chassis, std::uint32_t index) {
  auto result = columns(chassis);
  for (auto& oid : result) oid = oid / index;
  return result;
}

Bay decode(const Chassis& chassis, std::uint32_t index, const std::vector<snmp::Value>& values) {
  return {.index = index,
          .number = number_of(values.at(0)),
          .exists = snmp::number(values.at(1)) == 1,
          .state = state_of(chassis, values.at(2)),
          .health = health_of(chassis, values.at(3)),
          .name = snmp::text(values.at(4))};
}

}  // namespace havc::power
