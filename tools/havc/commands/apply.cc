// havc apply: the cluster becomes what the inventory says.

#include "havc/changing.h"
#include "havc/commands.h"
#include "havc/vms.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {kVms, kWithoutNode, kOverNewer};

constexpr Example kExamples[] = {
    {"What would be done:", "havc plan"},
    {"Do it, and wait until all is as wanted:", "havc apply"},
    {"These alone, without a question:", "havc apply 'WEB-*' --yes"},
    {"While the disk of node3 is being replaced:", "havc apply --without-node node3"},
};

int apply(Call& call) {
  Changing changing(call);
  Change change = whole_inventory(call);
  change.command = "apply";
  change.question = "Apply this?";
  if (!call.texts("VM").empty()) {
    change.wish.selected.emplace();
    change.wish.cluster_pieces = false;
    for (const auto* vm : vms_to_change(call)) change.wish.selected->insert(vm->identity.fqn);
  }
  return changing.make(change).exit_code;
}

}  // namespace

const Command kApply{
    .name = "apply",
    .group = Group::change,
    .summary = "Make the cluster what the inventory says",
    .description =
        "Looks at the cluster and at all nodes, and shows what it would do, as 'havc plan' does. "
        "Then "
        "the definitions and a copy of the inventory go to the disks of all nodes, each of which "
        "reads "
        "them back; then the configuration of the cluster is changed in one piece, unless "
        "somebody else has changed it meanwhile; then it waits, as long as the operations' "
        "timeouts "
        "allow, until every VM is as its file wants. What shall not be in the cluster any more is "
        "stopped first, and removed when it has stopped.\n\n"
        "A node that is online in the cluster and cannot be reached, or has no room for its files, "
        "stops it before the cluster is changed. A node that is offline is named, and gets its "
        "files "
        "with the next apply.\n\n"
        "Where nothing is to be changed, it waits for what an interrupted apply has left on its "
        "way, "
        "and says which VM is not as wanted. A VM that libvirt runs where Pacemaker does not know "
        "of it is not started a second time, and neither is it removed.\n\n"
        "Ctrl-C ends it between two steps, and while it waits; a second one ends it at once. "
        "Whatever "
        "ends it, the next apply does what is left. Every apply is kept in /var/lib/havc/applied; "
        "'havc rollback' undoes the last.",
    .options = kOptions,
    .examples = kExamples,
    .exit_status =
        "1 also when a VM is not as its file wants, and why, although nothing was to be changed; 2 "
        "with --dry-run when something would be done; 3 when a node that is offline or was left "
        "out has not got its files, or a VM runs where Pacemaker does not know of it; 130 when it "
        "was interrupted.",
    .run = apply,
};

}  // namespace havc::cli
