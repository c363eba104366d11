#include "chassis/controls.h"

#include "chassis/row.h"

#include <algorithm>
#include <array>

namespace havc::chassis {
namespace {

using Kind = Control::Kind;

struct Meaning {
  Kind kind;
  long value;
  std::optional<Command> command;
};
constexpr std::array kMeanings{
    Meaning{Kind::power, 0, Command::off},
    Meaning{Kind::power, 1, Command::on},
    Meaning{Kind::power, 2, Command::soft_off},
    Meaning{Kind::restart, 1, Command::restart},
    Meaning{Kind::component_power, 0, std::nullopt},
    Meaning{Kind::component_power, 1, Command::off},
    Meaning{Kind::component_power, 2, Command::on},
    Meaning{Kind::component_power, 3, Command::soft_off},
    Meaning{Kind::component_power, 4, Command::restart},
    Meaning{Kind::service_reset, 0, std::nullopt},
    Meaning{Kind::service_reset, 1, Command::reseat},
    Meaning{Kind::service_reset, 2, Command::restart},
    Meaning{Kind::partition, 2, Command::on},
    Meaning{Kind::partition, 3, Command::off},
    Meaning{Kind::partition, 4, Command::restart},
    Meaning{Kind::node, 1, Command::off},
    Meaning{Kind::node, 2, Command::on},
};

const Meaning* meaning(const Control& control, long value) {
  const auto* found = std::find_if(kMeanings.begin(), kMeanings.end(), [&](const Meaning& row) {
    return row.kind == control.kind && row.value == value;
  });
  return found == kMeanings.end() ? nullptr : found;
}

bool is_at(const ObjectId& id, const Tail& entry, std::uint32_t column, const Tail& index) {
  return id == join(join(join(kBladeCenter, entry), {column}), index);
}

std::optional<Kind> kind_of_bay(const ObjectId& id, const Module& module, int bay) {
  const Tail index{static_cast<std::uint32_t>(bay + module.shift)};
  if (is_at(id, kPowerRestart, 7, index)) return Kind::power;
  if (is_at(id, kPowerRestart, 8, index)) return Kind::restart;
  if (is_at(id, kPowerOnTime, 3, index)) return Kind::boots;
  if (is_at(id, kPowerOnTime, 4, index)) return Kind::seconds;
  if (module.flex() && is_at(id, kComponentPower, 4, path_of(bay))) return Kind::component_power;
  if (module.flex() && is_at(id, kServiceReset, 4, path_of(bay))) return Kind::service_reset;
  return std::nullopt;
}

}  // namespace

std::optional<Control> control(const ObjectId& id, const Module& module, const Chassis& chassis) {
  for (int bay = 1; bay <= chassis.size(); ++bay) {
    if (const auto kind = kind_of_bay(id, module, bay)) return Control{*kind, bay};
  }
  if (module.flex()) return std::nullopt;
  std::uint32_t complex = 0;
  for (const Partition& partition : chassis.partitions()) {
    ++complex;
    const int first = partition.bays.front();
    if (partition.bays.size() > 1) {
      if (is_at(id, kPartitionEntry, 6, {complex, 1})) return Control{Kind::partition, first};
    } else if (is_at(id, kNodeEntry, 14, {static_cast<std::uint32_t>(first)})) {
      return Control{Kind::node, first};
    }
  }
  return std::nullopt;
}

bool defined(const Control& control, long value) {
  return control.kind == Kind::boots || control.kind == Kind::seconds ||
         meaning(control, value) != nullptr;
}

std::optional<Command> command_of(const Control& control, long value) {
  const Meaning* found = meaning(control, value);
  return found == nullptr ? std::nullopt : found->command;
}

}  // namespace havc::chassis
