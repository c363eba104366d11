// havc check: whether the inventory can be used.

#include <fmt/format.h>

#include <ostream>
#include <set>
#include <vector>

#include "havc/commands.h"
#include "havc/output.h"
#include "inventory/render.h"

namespace havc::cli {

namespace {

constexpr ColumnDoc kColumns[] = {
    {"problem", "PROBLEM", "What is wrong, with file and line"},
    {"remedy", "REMEDY", "What to do about it"},
};

/// What is wrong with templates: they are as much of the inventory as its keys.
void render(const inventory::Inventory& inventory, inventory::TemplateFolders templates,
            std::vector<Error>& problems) {
  std::set<std::string> known;  // a template's problem is that of all that it is made into
  const auto take = [&](const auto& make) {
    try {
      make();
    } catch (const Error& error) {
      if (known.insert(error.what()).second) problems.push_back(error);
    }
  };
  take([&] { cib_pieces(inventory.cluster, templates); });
  for (const auto& vm : inventory.vms) {
    take([&] { domain_xml(vm, inventory.cluster, templates); });
    take([&] { cib_pieces(vm, inventory.cluster, templates); });
  }
}

int check(Call& call) {
  auto reading = call.reading();
  if (reading.problems.empty()) render(reading.inventory, call.templates(), reading.problems);
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
        "differ in their case alone; then fills in every template. Asks nobody and changes "
        "nothing. What libvirt and Pacemaker think of it, 'havc plan' tells.",
    .columns = kColumns,
    .run = check,
};

}  // namespace havc::cli
