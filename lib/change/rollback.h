// Undoing the last apply: the inventory of the one before comes back, and is applied.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "change/record.h"
#include "inventory/inventory.h"

namespace havc::change {

struct Rollback {
  Record from = {};         ///< the apply that is undone
  Record to = {};           ///< the one whose inventory comes back
  std::string folder = {};  ///< that inventory, to be read and planned
  Copy inventory = {};      ///< its files
  /// Inventories of the applies that are undone, also of a rollback that was not finished.
  std::vector<std::string> undone = {};
  bool edited = false;  ///< the inventory is another than the one applied last
};

/// To the state after apply `number`; 0: after the last one of another inventory
/// than the last has. Throws Error(failed) when there is
/// none, or it is broken.
Rollback rollback_of(const Records& records, int number, const std::string& inventory_folder);

/// Machines of `now` that `then` does not have: they go (Wish::removals).
std::set<std::string> gone(const inventory::Inventory& now, const inventory::Inventory& then);

}  // namespace havc::change
