// havc rollback: the inventory of an apply before comes back, and is applied.

#include <fmt/format.h>

#include <ostream>

#include "base/text.h"
#include "change/rollback.h"
#include "havc/changing.h"
#include "havc/commands.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {
    {"NUMBER", "", "The apply whose inventory comes back; without it, the last but one",
     Takes::one},
    {"--force", "",
     "Also when the inventory was edited since the last apply; the edited files are kept beside "
     "the records"},
    kWithoutNode,
    kOverNewer,
};

constexpr Example kExamples[] = {
    {"What undoing the last apply would do:", "havc rollback --dry-run"},
    {"Back to what apply 12 has made:", "havc rollback 12"},
};

int number_of(Call& call) {
  const std::string text = call.text("NUMBER");
  if (text.empty()) return 0;
  if (const auto number = text::number(text, INT32_MAX); number && *number > 0)
    return static_cast<int>(*number);
  throw Error(Fault::misconfigured,
              "NUMBER " + text::quote(text) + " is not the number of an apply",
              "look into " + std::string(change::kRecordFolder));
}

const inventory::Inventory& usable(const inventory::Reading& reading) {
  if (!reading.problems.empty()) throw Error(reading.problems.front());
  return reading.inventory;
}

int rollback(Call& call) {
  Changing changing(call);
  const auto& records = changing.records();
  const std::string& folder = call.common().folder;
  for (const auto& broken : records.list().broken) call.err() << "havc: " << broken.what() << '\n';
  const auto rollback = change::rollback_of(records, number_of(call), folder);
  if (rollback.edited && !call.flag("--force") && !call.common().dry_run) {
    throw Error(
        Fault::failed,
        fmt::format("{} was edited since apply {}", text::quote(folder), rollback.from.number),
        "apply it first, or give it up with --force");
  }
  const auto then = inventory::read(rollback.folder);
  Change change;
  change.wish.inventory = usable(then);
  for (const auto& undone : rollback.undone)
    change.wish.removals.merge(change::gone(inventory::read(undone).inventory, then.inventory));
  change.inventory = rollback.inventory;
  change.folder = rollback.folder;
  change.command = fmt::format("rollback to {}", rollback.to.number);
  change.again = fmt::format("havc rollback {}", rollback.to.number);
  change.question = fmt::format("Go back to the inventory of apply {} ({}, by {})?",
                                rollback.to.number, rollback.to.when, rollback.to.user);
  change.commit = [&] {
    if (rollback.edited)
      call.err() << "the edited files are in " << records.keep(change::copy_of(folder), "edited")
                 << '\n';
    change::put_back(rollback.inventory, folder);
  };
  return changing.make(change).exit_code;
}

}  // namespace

const Command kRollback{
    .name = "rollback",
    .group = Group::change,
    .summary = "Undo the last apply",
    .description =
        "Puts the inventory of an apply before back into /etc/havc, and applies it. VMs that came "
        "since then are stopped and removed, those that were removed come back; their images were "
        "never "
        "touched. It is an apply itself: a second rollback undoes the first.\n\n"
        "Refused when the inventory was edited since the last apply. What other programs have "
        "changed in the cluster's configuration stays.",
    .options = kOptions,
    .examples = kExamples,
    .exit_status = "As of apply.",
    .run = rollback,
};

}  // namespace havc::cli
