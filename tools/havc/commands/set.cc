// havc set: keys of the files of one or many VMs.

#include "havc/commands.h"
#include "havc/edit.h"
#include "inventory/select.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {
    {"VM",
     "",
     "Which VMs, as for 'havc list'; then the changes: KEY=VALUE, KEY= to remove the key, and of "
     "lists (nodes, tags, disks) KEY+=VALUE and KEY-=VALUE. The first word is always a VM",
     Takes::many,
     {},
     options::Need::required},
};

constexpr Example kExamples[] = {
    {"More memory and CPUs for some:", "havc set 'WEB-*' cpus=4 memory=8192"},
    {"Another node to begin on, and a second choice:", "havc set DB-01 nodes=node2,node1"},
    {"One more tag, and an owner:", "havc set DB-01 tags+=prod 'metadata.owner=R&D'"},
    {"Who is told, as the defaults have it:", "havc set DB-01 email="},
};

int set(Call& call) {
  const Order order = order_of(call, "", "KEY=VALUE");
  for (const auto& change : order.changes) {
    if (change.key != "name") continue;
    throw Error(Fault::misconfigured, "a VM cannot be renamed: its name is that of its resource",
                "remove it and add another with its disks");
  }
  const auto vms = inventory::select(call.inventory().vms, order.vms, inventory::NoWords::refuse);
  return edit_vms(call, vms, order.changes);
}

}  // namespace

const Command kSet{
    .name = "set",
    .group = Group::inventory,
    .summary = "Change keys of VMs: CPUs, memory, nodes, anything",
    .description =
        "Changes keys in the files of the inventory; all else of a file, comments and order, stays "
        "as it is. The result is read together with all other files before anything is written: a "
        "wrong value, a conflict or a template that is not there changes nothing. Which keys there "
        "are, "
        "havc(1) tells. 'havc plan' then shows what it means for the "
        "cluster, and 'havc apply' does it.",
    .options = kOptions,
    .examples = kExamples,
    .columns = kEditColumns,
    .exit_status = "With --dry-run: 2 when something would be changed.",
    .run = set,
};

}  // namespace havc::cli
