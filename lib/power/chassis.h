// What the engine knows of a kind of chassis: one table each, and nothing else tells them apart.
// Sources: BLADE-MIB (mmblade.mib 6.3, July 2013) and CME-MIB (cme.mib 21, April 2014), whose blade
// tables agree in all of this.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "snmp/oid.h"

namespace havc::power {

/// What a state means to us. Only `off` is off: standby and hibernate keep a guest that wakes up
/// with old caches.
enum class Power { off, on, asleep, unknown };

/// A code of the state column. Codes of other columns and tables mean other things and have their
/// own types.
struct StateCode {
  std::int64_t code;
  Power power;
  std::string_view word;
};

/// Codes of the command column.
struct CommandCodes {
  std::int32_t off;
  std::int32_t on;
  std::optional<std::int32_t> soft_off;  ///< none: this kind cannot ask a system to shut down
};

/// One table that has all of them. A kind without presence, health or names leaves those empty:
/// every row is a blade then.
struct Columns {
  snmp::Oid bay, exists, state, health, name, command;
};

/// A second opinion on being off, for verify=strict: each in a table of its own, whose rows say
/// their bay. Without it everything is empty.
struct Witness {
  snmp::Oid state_bay, state;
  std::span<const StateCode> states;  ///< of this table
  snmp::Oid seconds_bay, seconds;     ///< how long the blade has been powered on, in all its life
};

/// Taking away a blade's power as if it were pulled out and put back, for escalate=reseat. Rows are
/// column / bay. Without it everything is empty.
struct Reseat {
  snmp::Oid name;     ///< of the blade in that row
  snmp::Oid command;  ///< its own codes: `code` and nothing else is used
  std::int32_t code = 0;
};

/// Which of the chassis' management modules is in charge. Without it everything is empty.
struct Modules {
  snmp::Oid active;   ///< an object, without its .0: the bay of the one in charge
  snmp::Oid address;  ///< a column, by a module's bay
  snmp::Oid primary;  ///< a column: 1 for the one in charge
  /// An object: a 0 or 1 for each bay of modules, as a text.
  snmp::Oid installed{};
};

/// Who a blade is, beside its name, in a table whose rows say their bay. Without it everything is
/// empty.
struct Inventory {
  /// Rows are column / bay; else they have the index of the bay's row in the table of states.
  bool by_bay = false;
  snmp::Oid bay;  ///< a number, or a text that begins with one
  snmp::Oid serial, uuid;
};

/// How many bays a blade fills, in a table whose rows say their bay and are as those of the states.
struct Widths {
  snmp::Oid bay, width;
};

/// Blades that are joined into one system. Rows of columns are column / bay. Where it is only known
/// which blades are joined, all but `complex` are empty; without any of it that is empty, too.
struct Scaling {
  snmp::Oid complex;            ///< a column: which blades are joined
  snmp::Oid partition;          ///< a column: which of those are one system
  snmp::Oid role, type;         ///< columns
  snmp::Oid mode;               ///< a column whose rows are column / complex / partition
  std::int64_t unassigned = 0;  ///< role of a blade that works for itself
  std::array<std::int64_t, 2> drawers{};  ///< types that have no processors, but memory alone
  std::int64_t stand_alone =
      0;  ///< mode of a partition whose blades work for themselves at present
};

/// Who may do what, in the module's own tables: what tells an administrator beforehand that a user
/// may only read. Columns with one index. Without it everything is empty.
struct Access {
  snmp::Oid community_name, community_view;  ///< SNMPv1
  snmp::Oid user_name, user_view;            ///< SNMPv3: names may be in a table beside
  std::int64_t writes = 0;                   ///< view of those who may switch power
};

/// What becomes of a blade when the chassis gets power again. Without it everything is empty.
struct PowerReturn {
  snmp::Oid policy;            ///< an object, or a column with rows as those of the states
  bool of_bay = false;         ///< a column
  std::int64_t automatic = 0;  ///< it goes on, also when it was off
};

struct HealthCode {
  std::int64_t code;
  std::string_view word;
  /// Something is at work in the blade that cutting its power may break: worth a warning, and never
  /// a reseat.
  bool busy = false;
};

struct Chassis {
  std::string_view plugin;   ///< "ibmbc"
  std::string_view product;  ///< "IBM BladeCenter"
  std::string_view module;   ///< what its management module is called
  std::string_view url;
  snmp::Oid type_object;  ///< chassisType
  std::span<const std::int64_t> types;
  /// Parts of sysDescr, without regard to case, for modules too old to have chassisType.
  std::span<const std::string_view> descriptions;
  Columns columns;
  Inventory inventory{};
  Widths widths{};
  Scaling scaling{};
  std::span<const StateCode> states;
  std::span<const HealthCode> healths;
  CommandCodes commands;
  Witness witness{};
  Reseat reseat{};
  Modules modules{};
  Access access{};
  PowerReturn power_return{};
};

namespace ibm {

using snmp::operator""_oid;

// powerRestartTable below bladeCenterSnmpMIB.blades.processorBlade.bladePowerRestart
inline constexpr snmp::Oid kPowerRestartEntry = ".1.3.6.1.4.1.2.3.51.2.22.1.6.1.1"_oid;
// chassisType; chassisTopology is blades 4
inline constexpr snmp::Oid kChassisType = ".1.3.6.1.4.1.2.3.51.2.22.4.38.0"_oid;

// bladeSystemStatusTable
inline constexpr snmp::Oid kSystemStatusEntry = ".1.3.6.1.4.1.2.3.51.2.22.1.5.1.1"_oid;
// bladeHardwareVpdTable; on the Chassis Management Module deprecated for the next
inline constexpr snmp::Oid kHardwareVpdEntry = ".1.3.6.1.4.1.2.3.51.2.2.21.4.1.1"_oid;
inline constexpr snmp::Oid kInventoryEntry = ".1.3.6.1.4.1.2.3.51.2.2.23.1.1.1"_oid;

/// Of the tables whose index is a topology path: CHASSIS, 1, BLADE, and then the bay.
constexpr snmp::Oid of_blades(const snmp::Oid& column) {
  return column / 1 / 1 / 3;
}

inline constexpr Inventory kHardwareVpd{
    .by_bay = false,
    .bay = kHardwareVpdEntry / 2,     // bladeHardwareVpdBayNumber, a text
    .serial = kHardwareVpdEntry / 6,  // bladeHardwareVpdSerialNumber
    .uuid = kHardwareVpdEntry / 8,    // bladeHardwareVpdUuid: hexadecimal in groups of four
};
inline constexpr Inventory kComponentInventory{
    .by_bay = true,
    .bay = of_blades(kInventoryEntry / 2),     // componentInventoryInstance
    .serial = of_blades(kInventoryEntry / 5),  // componentInventoryMachineSerial
    .uuid = of_blades(kInventoryEntry / 13),   // componentInventoryUUID
};

inline constexpr Widths kWidths{
    .bay = kSystemStatusEntry / 2,     // bladeId
    .width = kSystemStatusEntry / 15,  // bladeWidth
};

// scalableComplexNodeTable, whose index is the blade's first bay; scalableComplexPartitionTable
inline constexpr snmp::Oid kNodeEntry = ".1.3.6.1.4.1.2.3.51.2.24.3.1"_oid;
inline constexpr snmp::Oid kPartitionEntry = ".1.3.6.1.4.1.2.3.51.2.24.2.1"_oid;
inline constexpr Scaling kPartitions{
    .complex = kNodeEntry / 10,    // scalableComplexNodeComplexID
    .partition = kNodeEntry / 11,  // scalableComplexNodePartitionID
    .role = kNodeEntry / 5,        // scalableComplexNodeRole
    .type = kNodeEntry / 3,        // scalableComplexNodeType
    .mode = kPartitionEntry / 3,   // scalableComplexPartitionMode
    .unassigned = 255,
    .drawers = {2, 3},  // memory, io; 1 is processor
    .stand_alone = 2,
};
// On the Chassis Management Module, scalableComplexTable has a row a node, and nothing says which
// nodes of a complex are a partition.
inline constexpr snmp::Oid kComplexEntry = ".1.3.6.1.4.1.2.3.51.2.24.1.1"_oid;
inline constexpr Scaling kComplexes{
    .complex = of_blades(kComplexEntry / 2),  // scalableComplexIdentifier
    .partition = {},
    .role = {},
    .type = {},
    .mode = {},
    .unassigned = 0,
    .drawers = {},
    .stand_alone = 0,
};

inline constexpr Columns kColumns{
    .bay = kPowerRestartEntry / 2,      // powerRestartBladeId: the index need not be the bay
    .exists = kPowerRestartEntry / 3,   // powerRestartBladeExists
    .state = kPowerRestartEntry / 4,    // powerRestartBladePowerState
    .health = kPowerRestartEntry / 5,   // powerRestartBladeHealthState
    .name = kPowerRestartEntry / 6,     // powerRestartBladeName
    .command = kPowerRestartEntry / 7,  // powerOnOffBlade, whose own value is meaningless when read
};

// powerRestartBladePowerState; 2 is not defined
inline constexpr std::array<StateCode, 5> kStates{{
    {0, Power::off, "off"},
    {1, Power::on, "on"},
    {3, Power::asleep, "standby"},
    {4, Power::asleep, "hibernate"},
    {255, Power::unknown, "unknown"},
}};

// powerRestartBladeHealthState; 12 and 13 on the Chassis Management Module alone
inline constexpr std::array<HealthCode, 14> kHealths{{
    {0, "unknown"},
    {1, "good"},
    {2, "warning"},
    {3, "critical"},
    {4, "kernel mode"},
    {5, "discovering"},
    {6, "communication error"},
    {7, "no power"},
    {8, "flashing", true},
    {9, "initialization failure"},
    {10, "insufficient power"},
    {11, "power denied"},
    {12, "maintenance mode", true},
    {13, "firehose dump", true},
}};

inline constexpr CommandCodes kCommands{.off = 0, .on = 1, .soft_off = 2};  // powerOnOffBlade

// bladePowerState: the same codes in a column of its own; 255 in the MIB of the Chassis Management
// Module alone, but seen elsewhere, too
inline constexpr std::array<StateCode, 5> kWitnessStates{{
    {0, Power::off, "off"},
    {1, Power::on, "on"},
    {3, Power::asleep, "standby"},
    {4, Power::asleep, "hibernate"},
    {255, Power::unknown, "unknown"},
}};

// bladeBootCountPowerOnTimeTable; its counters are only read: writing sets them to zero
inline constexpr snmp::Oid kPowerOnTimeEntry = ".1.3.6.1.4.1.2.3.51.2.22.1.10.1.1"_oid;

inline constexpr Witness kWitness{
    .state_bay = kSystemStatusEntry / 2,  // bladeId
    .state = kSystemStatusEntry / 4,      // bladePowerState
    .states = kWitnessStates,
    .seconds_bay = kPowerOnTimeEntry / 2,  // bootCountPowerOnTimeBladeId
    .seconds = kPowerOnTimeEntry / 4,      // bootCountPowerOnTimeSecs
};

// componentServiceResetTable. componentServiceResetCmd: resetVirtualReseatOperation(1) takes the
// auxiliary power away and gives it back, after which a blade stays off; CME-MIB forbids it in
// maintenance mode.
inline constexpr snmp::Oid kServiceResetEntry = ".1.3.6.1.4.1.2.3.51.2.22.38.1.1"_oid;

inline constexpr Reseat kReseat{
    .name = of_blades(kServiceResetEntry / 2),     // componentServiceResetName
    .command = of_blades(kServiceResetEntry / 4),  // componentServiceResetCmd
    .code = 1,
};

// mmStatusTable and chassisActiveMM
inline constexpr snmp::Oid kModuleEntry = ".1.3.6.1.4.1.2.3.51.2.22.5.1.1"_oid;

inline constexpr Modules kModules{
    .active = ".1.3.6.1.4.1.2.3.51.2.22.4.34"_oid,       // chassisActiveMM
    .address = kModuleEntry / 3,                         // mmExtIpAddress
    .primary = kModuleEntry / 4,                         // mmPrimary; yes where there is no standby
    .installed = ".1.3.6.1.4.1.2.3.51.2.22.4.30.0"_oid,  // chassisMMsInstalled
};

// snmpCommunityTable and snmpUserProfileTable: ...ViewType read-Write-Traps(2). Users have no name
// there on the Advanced Management Module: rows are taken to be those of remoteAccessIdsTable.
inline constexpr snmp::Oid kCommunityEntry = ".1.3.6.1.4.1.2.3.51.2.4.9.3.1.4.1.1"_oid;
inline constexpr snmp::Oid kUserProfileEntry = ".1.3.6.1.4.1.2.3.51.2.4.9.3.1.9.1.1"_oid;
inline constexpr snmp::Oid kLoginEntry = ".1.3.6.1.4.1.2.3.51.2.4.1.4.1.1"_oid;
constexpr Access access_with(const snmp::Oid& user_name) {
  return {.community_name = kCommunityEntry / 2,
          .community_view = kCommunityEntry / 6,
          .user_name = user_name,
          .user_view = kUserProfileEntry / 8,
          .writes = 2};
}

inline constexpr PowerReturn kBladeCenterPowerReturn{
    .policy = ".1.3.6.1.4.1.2.3.51.2.22.1.4.2.7.0"_oid,  // bladePolicyAutoPowerOn
    .of_bay = false,
    .automatic = 2,
};
inline constexpr PowerReturn kFlexPowerReturn{
    .policy = ".1.3.6.1.4.1.2.3.51.2.22.1.7.1.1.9"_oid,  // configurationBladeAutoPowerOn
    .of_bay = true,
    .automatic = 2,
};

inline constexpr std::array<std::int64_t, 2> kBladeCenterTypes{97,
                                                               98};  // BladeCenter, H, S, E; T, HT
inline constexpr std::array<std::string_view, 2> kBladeCenterDescriptions{
    "BladeCenter Advanced Management Module", "BladeCenter Management Module"};
inline constexpr std::array<std::int64_t, 1> kFlexTypes{101};
inline constexpr std::array<std::string_view, 1> kFlexDescriptions{
    "Flex Chassis Management Module"};  // IBM's and, since 2014, Lenovo's

}  // namespace ibm

inline constexpr Chassis kBladeCenter{
    .plugin = "ibmbc",
    .product = "IBM BladeCenter",
    .module = "Advanced Management Module (AMM)",
    .url = "https://en.wikipedia.org/wiki/IBM_BladeCenter",
    .type_object = ibm::kChassisType,
    .types = ibm::kBladeCenterTypes,
    .descriptions = ibm::kBladeCenterDescriptions,
    .columns = ibm::kColumns,
    .inventory = ibm::kHardwareVpd,
    .widths = ibm::kWidths,
    .scaling = ibm::kPartitions,
    .states = ibm::kStates,
    .healths = ibm::kHealths,
    .commands = ibm::kCommands,
    .witness = ibm::kWitness,
    .modules = ibm::kModules,
    .access = ibm::access_with(ibm::kLoginEntry / 2),  // remoteAccessIdEntryUserId
    .power_return = ibm::kBladeCenterPowerReturn,
};

inline constexpr Chassis kFlexSystem{
    .plugin = "ibmfx",
    .product = "IBM Flex System",
    .module = "Chassis Management Module (CMM)",
    .url = "https://en.wikipedia.org/wiki/IBM_Flex_System",
    .type_object = ibm::kChassisType,
    .types = ibm::kFlexTypes,
    .descriptions = ibm::kFlexDescriptions,
    .columns = ibm::kColumns,
    .inventory = ibm::kComponentInventory,
    .widths = ibm::kWidths,
    .scaling = ibm::kComplexes,
    .states = ibm::kStates,
    .healths = ibm::kHealths,
    .commands = ibm::kCommands,
    .witness = ibm::kWitness,
    .reseat = ibm::kReseat,
    .modules = ibm::kModules,
    .access = ibm::access_with(ibm::kUserProfileEntry / 10),  // snmpUserProfileEntryUserId
    .power_return = ibm::kFlexPowerReturn,
};

}  // namespace havc::power
