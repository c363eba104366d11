#include "chassis/objects.h"

#include "chassis/row.h"

namespace havc::chassis {
namespace {

const ObjectId kSystem{1, 3, 6, 1, 2, 1, 1};
const Tail kSystemStatus{22, 1, 5, 1, 1};    // bladeSystemStatusTable's entry
const Tail kConfiguration{22, 1, 7, 1, 1};   // bladeConfigurationTable's entry
const Tail kHardwareVpd{2, 21, 4, 1, 1};     // bladeHardwareVpdTable's entry
const Tail kChassis{22, 4};                  // chassisTopology
const Tail kModuleStatus{22, 5, 1, 1};       // mmStatusTable's entry
const Tail kPolicy{22, 1, 4, 2};             // bladePolicy
const Tail kLogin{4, 1, 4, 1, 1};            // remoteAccessIdsTable's entry
const Tail kCommunity{4, 9, 3, 1, 4, 1, 1};  // snmpCommunityTable's entry
const Tail kUser{4, 9, 3, 1, 9, 1, 1};       // snmpUserProfileTable's entry

Value typed(PowerState state, StateType type) {
  const int code = static_cast<int>(state);
  if (type == StateType::string) return std::to_string(code);
  if (type == StateType::gauge) return Unsigned{static_cast<std::uint32_t>(code)};
  return code;
}

// The columns 1 to 6 mean the same in both tables that have the power state.
void add_state(Row& row, int index, int number, const Bay& bay, PowerState state) {
  row.add(1, index);
  row.add(2, number);
  row.add(3, bay.exists ? 1 : 0);
  row.add(4, typed(state, bay.type));
  row.add(5, bay.exists ? bay.health : 0);
  row.add(6, shown(bay, bay.label));
}

void add_vpd(Objects& objects, const Tail& index, int number, const Bay& bay) {
  Row vpd(objects, kHardwareVpd, index, number);
  vpd.add(1, static_cast<int>(index.front()));
  vpd.add(2, std::to_string(number));
  vpd.add(6, shown(bay, bay.ready ? bay.serial : ""));
  vpd.add(7, shown(bay, bay.exists && bay.ready ? "7870" : ""));
  vpd.add(8, shown(bay, bay.ready ? bay.uuid : ""));
}

// The columns agree up to the name; behind it, BLADE-MIB and CME-MIB have different ones.
void add_configuration(Objects& objects, const Module& module, const Tail& index, int number,
                       const Bay& bay) {
  Row row(objects, kConfiguration, index, number);
  row.add(1, static_cast<int>(index.front()));
  row.add(2, number);
  row.add(3, bay.exists ? 1 : 0);
  row.add(4, typed(bay.state, bay.type));
  row.add(5, shown(bay, bay.label));
  if (module.flex()) row.add(9, static_cast<int>(module.auto_power_on));
}

void add_bay(Objects& objects, const Module& module, const Chassis& chassis, int number) {
  const Bay& bay = chassis.bay(number);
  const int shifted = number + module.shift;
  const Tail index{static_cast<std::uint32_t>(shifted)};

  Row power(objects, kPowerRestart, index, number);
  add_state(power, shifted, number, bay, bay.state);
  // Reading these is meaningless, says the MIB: column 4 has the state.
  for (const std::uint32_t column : {7U, 8U}) power.add(column, 0);

  Row status(objects, kSystemStatus, index, number);
  add_state(status, shifted, number, bay, bay.second.value_or(bay.state));
  status.add(15, bay.width);
  status.add(52, bay.exists && bay.ready ? 1 : 0);

  Row time(objects, kPowerOnTime, index, number);
  time.add(1, shifted);
  time.add(2, number);
  time.add(3, chassis.boots(number));
  time.add(4, chassis.seconds(number));

  add_vpd(objects, index, number, bay);
  add_configuration(objects, module, index, number, bay);
}

void add_chassis(Objects& objects, const Module& module, const Chassis& chassis) {
  std::string installed;
  for (int number = 1; number <= chassis.size(); ++number) {
    installed += chassis.bay(number).exists ? '1' : '0';
  }
  Row row(objects, kChassis, {0});
  row.add(19, chassis.size());  // chassisNoOfPBsSupported
  row.add(21, 2);               // chassisNoOfMMsSupported
  row.add(25, installed);       // chassisPBsInstalled
  row.add(30, std::string(module.redundant ? "11" : module.bay == 1 ? "10" : "01"));
  row.add(34, module.active);  // chassisActiveMM
  if (module.face != Face::mm) {
    row.add(38, module.flex() ? 101 : 97);  // chassisType: flex, bladeCenterOrBladeCenterH
    row.add(39, module.flex() ? 101 : 2);   // chassisSubtype: flex, bladeCenterHOrBladeCenterHT
  }
  if (!module.flex()) {
    Row policy(objects, kPolicy, {0});
    policy.add(7, static_cast<int>(module.auto_power_on));
  }
}

void add_modules(Objects& objects, const Module& module) {
  for (int bay = 1; bay <= 2; ++bay) {
    const bool present = module.redundant || bay == module.bay;
    Row row(objects, kModuleStatus, {static_cast<std::uint32_t>(bay)});
    row.add(1, bay);
    row.add(2, present ? 1 : 0);
    row.add(3, module.addresses.at(static_cast<std::size_t>(bay - 1)));
    row.add(4, present && bay == module.active ? 1 : 0);
    row.add(5, present ? 1 : 0);  // good, unknown
  }
}

// A user's row has no name in BLADE-MIB; that no MIB says the rows of logins and of SNMP users go
// together, and that firmware shows them so, is an inference.
void add_access(Objects& objects, const Module& module, const Grants& grants) {
  const bool all_read = module.sets == Sets::refuse;
  const auto view = [&](const Grant& grant) { return grant.writes && !all_read ? 2 : 1; };
  int number = 0;
  for (const Grant& community : grants.communities) {
    Row row(objects, kCommunity, {static_cast<std::uint32_t>(++number)});
    row.add(1, number);
    row.add(2, community.name);
    row.add(3, std::string("0.0.0.0"));  // any IPv4 address
    row.add(4, std::string("0::0"));
    row.add(5, std::string());
    row.add(6, view(community));
  }
  number = 0;
  for (const Grant& user : grants.users) {
    const Tail index{static_cast<std::uint32_t>(++number)};
    Row login(objects, kLogin, index);
    login.add(1, number);
    login.add(2, user.name);
    Row row(objects, kUser, index);
    row.add(1, number);
    row.add(3, std::string());  // context name
    row.add(4, user.auth);
    row.add(6, user.priv);
    row.add(8, view(user));
    if (module.flex()) row.add(10, user.name);  // CME-MIB's snmpUserProfileEntryUserId
  }
}

std::string description(const Module& module) {
  if (!module.description.empty()) return module.description;
  switch (module.face) {
    case Face::amm:
      return "BladeCenter Advanced Management Module";
    case Face::mm:
      return "BladeCenter Management Module";
    case Face::cmm:
      return "IBM Flex Chassis Management Module";
    case Face::lenovo:
      return "Lenovo Flex Chassis Management Module";
  }
  return {};
}

}  // namespace

const std::vector<ObjectId>& roots() {
  static const std::vector<ObjectId> all{kSystem, kBladeCenter};
  return all;
}

std::string shown(const Bay& bay, const std::string& text) {
  return bay.terminated ? text + '\0' : text;
}

Objects objects(const Module& module, const Grants& grants, const Chassis& chassis) {
  Objects objects;
  objects.insert_or_assign(join(kSystem, {1, 0}), Object{description(module)});
  for (int number = 1; number <= chassis.size(); ++number) {
    add_bay(objects, module, chassis, number);
  }
  add_chassis(objects, module, chassis);
  add_modules(objects, module);
  add_access(objects, module, grants);
  if (module.flex()) add_components(objects, module, chassis);
  add_scaling(objects, module, chassis);
  return objects;
}

}  // namespace havc::chassis
