// havc list: what the inventory says of its VMs.

#include <vector>

#include "havc/commands.h"
#include "havc/output.h"
#include "havc/vm_values.h"
#include "havc/vms.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {kVms};

constexpr Example kExamples[] = {
    {"The VMs of one zone that have a tag:", "havc list tag:web --filter zone=dmz"},
    {"For a script:", "havc list --no-headers --columns name,address"},
};

int list(Call& call) {
  const auto selection = vms_to_show(call, {});
  std::vector<Row> rows;
  for (const auto* vm : selection.vms)
    rows.push_back(values_of(*vm, call.reading().inventory.cluster));
  print_rows(call, "havc.list/1", rows);
  return call.reading().problems.empty() ? kDone : kFailed;
}

}  // namespace

const Command kList{
    .name = "list",
    .group = Group::look,
    .summary = "List VMs with all that the inventory says of them",
    .description =
        "Values that a file does not say follow from others, or from [defaults] of cluster.toml; "
        "'havc show' tells where each comes from. Asks no cluster: 'havc status' does.",
    .options = kOptions,
    .examples = kExamples,
    .columns = vm_columns(),
    .exit_status = "1: some files could not be read, and their VMs are missing from the list.",
    .run = list,
};

}  // namespace havc::cli
