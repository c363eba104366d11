#include "chassis/objects.h"

namespace havc::chassis {
namespace {

const ObjectId kSystem{1, 3, 6, 1, 2, 1, 1};
const ObjectId kBladeCenter{1, 3, 6, 1, 4, 1, 2, 3, 51, 2};
const std::vector<std::uint32_t> kPowerRestart{22, 1, 6, 1, 1};  // bladePowerRestartTable's entry
const std::vector<std::uint32_t> kSystemStatus{22, 1, 5, 1, 1};  // bladeSystemStatusTable's entry
const std::vector<std::uint32_t> kHardwareVpd{2, 21, 4, 1, 1};   // bladeHardwareVpdTable's entry
const std::vector<std::uint32_t> kInventory{2, 23, 1, 1,
                                            1};    // CME-MIB componentInventoryTable's entry
const std::vector<std::uint32_t> kChassis{22, 4};  // chassisTopology

constexpr std::uint32_t kPowerOnOff = 7;
constexpr std::uint32_t kRestart = 8;

ObjectId join(ObjectId head, const std::vector<std::uint32_t>& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

// One row of a table below kBladeCenter.
class Row {
 public:
  Row(Objects& objects, const std::vector<std::uint32_t>& entry, std::vector<std::uint32_t> index)
      : objects_(objects), entry_(join(kBladeCenter, entry)), index_(std::move(index)) {}
  void add(std::uint32_t column, Value value) {
    objects_.insert_or_assign(join(join(entry_, {column}), index_), std::move(value));
  }

 private:
  Objects& objects_;
  ObjectId entry_;
  std::vector<std::uint32_t> index_;
};

std::string shown(const Bay& bay, const std::string& text) {
  return bay.terminated ? text + '\0' : text;
}

// The columns 1 to 6 mean the same in both tables that have the power state.
void add_state(Row& row, int number, const Bay& bay) {
  row.add(1, number);
  row.add(2, number);
  row.add(3, bay.exists ? 1 : 0);
  row.add(4, static_cast<int>(bay.state));
  row.add(5, bay.exists ? bay.health : 0);
  row.add(6, shown(bay, bay.label));
}

void add_bay(Objects& objects, const Module& module, int number, const Bay& bay) {
  const auto index = static_cast<std::uint32_t>(number);
  Row power(objects, kPowerRestart, {index});
  add_state(power, number, bay);
  power.add(kPowerOnOff, 0);  // reading it is meaningless, says the MIB: column 4 has the state
  power.add(kRestart, 0);

  Row status(objects, kSystemStatus, {index});
  add_state(status, number, bay);
  status.add(15, bay.width);

  Row vpd(objects, kHardwareVpd, {index});
  vpd.add(1, number);
  vpd.add(2, std::to_string(number));
  vpd.add(6, shown(bay, bay.serial));
  vpd.add(8, shown(bay, bay.uuid));

  // "There will not be a row" for what has no inventory; the index is the topology path, without a
  // length.
  if (module.face != Face::cmm || !bay.exists) return;
  Row inventory(objects, kInventory, {1, 1, 3, index});
  inventory.add(1, std::string{1, 1, 3, static_cast<char>(index)});
  inventory.add(2, number);
  inventory.add(5, bay.serial);
  inventory.add(13, bay.uuid);
}

void add_chassis(Objects& objects, const Module& module, const Chassis& chassis) {
  std::string installed;
  for (int number = 1; number <= chassis.size(); ++number) {
    installed += chassis.bay(number).exists ? '1' : '0';
  }
  Row row(objects, kChassis, {0});
  row.add(19, chassis.size());                       // chassisNoOfPBsSupported
  row.add(25, installed);                            // chassisPBsInstalled
  row.add(30, std::string("10"));                    // chassisMMsInstalled
  row.add(34, 1);                                    // chassisActiveMM
  row.add(38, module.face == Face::amm ? 97 : 101);  // chassisType: BladeCenter, flex
}

std::string description(const Module& module) {
  if (!module.description.empty()) return module.description;
  return module.face == Face::amm ? "BladeCenter Advanced Management Module"
                                  : "IBM Flex Chassis Management Module";
}

}  // namespace

const std::vector<ObjectId>& roots() {
  static const std::vector<ObjectId> all{kSystem, kBladeCenter};
  return all;
}

Objects objects(const Module& module, const Chassis& chassis) {
  Objects objects;
  objects.insert_or_assign(join(kSystem, {1, 0}), description(module));
  for (int number = 1; number <= chassis.size(); ++number) {
    add_bay(objects, module, number, chassis.bay(number));
  }
  add_chassis(objects, module, chassis);
  return objects;
}

std::optional<Control> control(const ObjectId& id, const Chassis& chassis) {
  const ObjectId entry = join(kBladeCenter, kPowerRestart);
  for (const std::uint32_t column : {kPowerOnOff, kRestart}) {
    for (int number = 1; number <= chassis.size(); ++number) {
      if (id != join(entry, {column, static_cast<std::uint32_t>(number)})) continue;
      return Control{number, column == kRestart};
    }
  }
  return std::nullopt;
}

std::optional<Command> command_of(const Control& control, long value) {
  if (control.restart) return value == 1 ? std::optional(Command::restart) : std::nullopt;
  switch (value) {
    case 0:
      return Command::off;
    case 1:
      return Command::on;
    case 2:
      return Command::soft_off;
    default:
      return std::nullopt;
  }
}

}  // namespace havc::chassis
