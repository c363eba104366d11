// The tables that BLADE-MIB and CME-MIB do not have in common: CME-MIB's, indexed by topology path,
// and those of scaled blades, which each of them has in a form of its own.
#include "chassis/row.h"

#include <algorithm>

namespace havc::chassis {
namespace {

const Tail kInventory{2, 23, 1, 1, 1};    // componentInventoryTable's entry
const Tail kConnectivity{22, 37, 31, 1};  // nodeConnectivityTable's entry
const Tail kComplexEntry{24, 1, 1};       // scalableComplexTable's entry, in both MIBs

std::string path_text(int bay) {
  return {1, 1, 3, static_cast<char>(bay)};
}

void add_component(Objects& objects, const Chassis& chassis, int number) {
  const Bay& bay = chassis.bay(number);
  const bool contact = bay.state != PowerState::unknown;

  Row power(objects, kComponentPower, path_of(number), number);
  power.add(1, path_text(number));
  power.add(2, shown(bay, bay.label));
  power.add(3, static_cast<int>(bay.second.value_or(bay.state)));
  power.add(4, 0);  // none

  Row reset(objects, kServiceReset, path_of(number), number);
  reset.add(1, path_text(number));
  reset.add(2, shown(bay, bay.label));
  reset.add(3, !chassis.auxiliary_power(number) ? 0 : contact ? 1 : 255);
  reset.add(4, 0);  // noOperation, always

  Row connectivity(objects, kConnectivity, {static_cast<std::uint32_t>(number)}, number);
  connectivity.add(1, number);
  connectivity.add(2, shown(bay, bay.label));
  connectivity.add(3, contact ? 1 : 0);

  // "There will not be a row" for what has no inventory.
  if (!bay.ready) return;
  Row inventory(objects, kInventory, path_of(number), number);
  inventory.add(1, path_text(number));
  inventory.add(2, number);
  inventory.add(5, bay.serial);
  inventory.add(13, bay.uuid);
}

// CME-MIB: one table, one row a node, with the codes of the other states.
void add_flex_node(Objects& objects, int complex, int number, const Bay& bay) {
  Row row(objects, kComplexEntry, path_of(number), number);
  row.add(1, path_text(number));
  row.add(2, complex);
  row.add(3, shown(bay, bay.label));
  row.add(4, bay.health);
  row.add(5, static_cast<int>(bay.second.value_or(bay.state)));
  row.add(6, std::string("2 processors"));
}

// scalableComplexNodeState: poweredoff(1), poweredon(2), resetting(3). It has no word for a node
// that is not in contact, nor for one that sleeps; both count as on here.
int node_state(const Chassis& chassis, int number) {
  if (chassis.restarting(number)) return 3;
  return chassis.bay(number).second.value_or(chassis.bay(number).state) == PowerState::off ? 1 : 2;
}

void add_node(Objects& objects, const Chassis& chassis, int complex, const Partition& partition,
              int number) {
  const Bay& bay = chassis.bay(number);
  const bool assigned = partition.bays.size() > 1;
  const auto position =
      std::find(partition.bays.begin(), partition.bays.end(), number) - partition.bays.begin();
  Row row(objects, kNodeEntry, {static_cast<std::uint32_t>(number)}, number);
  row.add(1, number);
  row.add(2, shown(bay, bay.label));
  row.add(3, static_cast<int>(bay.node));
  row.add(4, std::string("2 processors"));
  row.add(5, !assigned ? 255 : position == 0 ? 1 : 2);  // unassigned, primary, secondary
  row.add(6, node_state(chassis, number));
  row.add(7, shown(bay, bay.ready ? bay.uuid : ""));
  row.add(8, shown(bay, bay.ready ? bay.serial : ""));
  row.add(9, static_cast<int>(partition.bays.size()) - 1);
  row.add(10, assigned ? complex : 0);
  row.add(11, assigned ? 1 : 0);
  row.add(12, static_cast<int>(position));
}

void add_complex(Objects& objects, const Chassis& chassis, int complex,
                 const Partition& partition) {
  const auto nodes = static_cast<int>(partition.bays.size());
  const bool assigned = nodes > 1;
  Row row(objects, kComplexEntry, {static_cast<std::uint32_t>(complex)});
  row.add(1, complex);
  row.add(2, assigned ? 1 : 0);
  row.add(3, nodes);
  row.add(4, partition.bays.front());
  row.add(5, nodes);
  if (!assigned) return;

  const auto any = [&](int state) {
    return std::any_of(partition.bays.begin(), partition.bays.end(),
                       [&](int bay) { return node_state(chassis, bay) == state; });
  };
  Row status(objects, kPartitionEntry, {static_cast<std::uint32_t>(complex), 1});
  status.add(1, complex);
  status.add(2, 1);
  status.add(3, partition.stand_alone ? 2 : 1);  // standalone, partition
  status.add(4, nodes);
  status.add(5, !partition.valid ? 4 : any(3) ? 3 : any(2) ? 2 : 1);
}

}  // namespace

void add_components(Objects& objects, const Module&, const Chassis& chassis) {
  for (int number = 1; number <= chassis.size(); ++number) {
    if (chassis.bay(number).exists) add_component(objects, chassis, number);
  }
  // The ...TableCacheTimeout objects: nothing is cached here.
  Row(objects, {22, 31}, {0}).add(2, 0);
  Row(objects, {22, 38}, {0}).add(2, 0);
}

void add_scaling(Objects& objects, const Module& module, const Chassis& chassis) {
  int complex = 0;
  for (const Partition& partition : chassis.partitions()) {
    ++complex;
    if (!module.flex()) add_complex(objects, chassis, complex, partition);
    for (const int bay : partition.bays) {
      if (!chassis.bay(bay).exists) continue;
      if (module.flex()) {
        add_flex_node(objects, complex, bay, chassis.bay(bay));
      } else {
        add_node(objects, chassis, complex, partition, bay);
      }
    }
  }
}

}  // namespace havc::chassis
