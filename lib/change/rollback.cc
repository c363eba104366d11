#include "change/rollback.h"

#include <fmt/format.h>

#include <algorithm>

namespace havc::change {

namespace {

Error no_record(const std::string& problem, const Records::Listing& listing) {
  if (!listing.broken.empty()) {
    return {listing.broken.back().fault(), problem + "; " + listing.broken.back().problem(),
            listing.broken.back().remedy()};
  }
  return {Fault::failed, problem, "put the inventory back by hand, and run havc apply"};
}

}  // namespace

Rollback rollback_of(const Records& records, int number, const std::string& inventory_folder) {
  const auto listing = records.list();
  const auto& all = listing.records;
  if (all.empty()) throw no_record("nothing was applied from this machine", listing);
  Rollback rollback;
  rollback.from = all.back();
  // An apply that was tried twice has two records of one inventory.
  const auto other = std::find_if(all.rbegin(), all.rend(), [&](const Record& each) {
    return each.digest != rollback.from.digest;
  });
  const auto asked = std::find_if(all.begin(), all.end(),
                                  [&](const Record& each) { return each.number == number; });
  const auto target = number != 0 ? asked : other == all.rend() ? all.end() : other.base() - 1;
  if (target == all.end()) {
    throw no_record(number == 0
                        ? fmt::format("there is no apply of another inventory before apply {}",
                                      rollback.from.number)
                        : fmt::format("there is no record of apply {}", number),
                    listing);
  }
  rollback.to = *target;
  rollback.inventory = records.inventory_of(rollback.to);
  rollback.folder = records.inventory_folder(rollback.to.number);
  for (const auto& each : all) {
    if (each.number > target->number)
      rollback.undone.push_back(records.inventory_folder(each.number));
  }
  rollback.edited = digest_of(copy_of(inventory_folder)) != rollback.from.digest;
  return rollback;
}

std::set<std::string> gone(const inventory::Inventory& now, const inventory::Inventory& then) {
  std::set<std::string> names;
  for (const auto& vm : now.vms) names.insert(vm.identity.fqn);
  for (const auto& vm : then.vms) names.erase(vm.identity.fqn);
  return names;
}

}  // namespace havc::change
