// havc check: whether the inventory can be used.

#include <fmt/format.h>

#include <ostream>
#include <vector>

#include "havc/commands.h"
#include "havc/output.h"

namespace havc::cli {

namespace {

constexpr ColumnDoc kColumns[] = {
    {"problem", "PROBLEM", "What is wrong, with file and line"},
    {"remedy", "REMEDY", "What to do about it"},
};

int check(Call& call) {
  const auto& reading = call.reading();
  if (call.common().json) {
    std::vector<Row> rows;
    for (const auto& problem : reading.problems)
      rows.push_back({problem.problem(), problem.remedy()});
    print_rows(call, "havc.check/1", rows);
  } else {
    for (const auto& problem : reading.problems) call.out() << problem.what() << '\n';
    if (reading.problems.empty())
      call.out() << fmt::format("{}: {} VMs, nothing is wrong\n", call.common().folder,
                                reading.inventory.vms.size());
  }
  return reading.problems.empty() ? kDone : kFailed;
}

}  // namespace

const Command kCheck{
    .name = "check",
    .group = Group::inventory,
    .summary = "Read the inventory and tell all that is wrong with it",
    .description =
        "Reads cluster.toml and vms/*.toml, derives every identity and looks for "
        "conflicts: the same address, MAC address, UUID or image twice, and names that "
        "differ in their case alone. Asks nobody and changes nothing.",
    .columns = kColumns,
    .run = check,
};

}  // namespace havc::cli
