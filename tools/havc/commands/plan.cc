// havc plan: what apply would do, and what Pacemaker would do then.

#include <ostream>

#include "base/file.h"
#include "change/difference.h"
#include "change/merge.h"
#include "change/told.h"
#include "havc/commands.h"
#include "havc/planning.h"
#include "havc/vms.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {
    kVms,
    {"--diff", "", "Show the changed definitions and the configuration as unified diffs, too"},
    {"--save-cib", "FILE",
     "Write the whole configuration as it would be then, for Pacemaker's own tools", Takes::one},
    {"--files", "", "Show each file of each node, instead of how many"},
};

constexpr Example kExamples[] = {
    {"All there is to do:", "havc plan"},
    {"Of some machines, with every line that changes:", "havc plan --diff 'WEB-*' tag:db"},
    {"What would be done to a cluster that is not at hand:", "havc plan --cib cib.xml"},
};

/// Without its status, which changes all the time, and in one way of writing.
std::string configuration_of(const std::string& cib) {
  return change::merge(cib, "the CIB", {}).configuration;
}

std::string diffs_of(const Planned& planned, Deadline deadline) {
  const change::Plan& plan = planned.plan;
  std::string text;
  if (plan.changes_cib())
    text += change::unified_diff(configuration_of(plan.base), configuration_of(plan.target),
                                 "cib before", "cib after", deadline);
  for (const auto& [path, before] : planned.actual.definitions) {
    const auto after = plan.files.find(path);
    if (after == plan.files.end()) continue;
    text += change::unified_diff(before, after->second.content, path + " before", path + " after",
                                 deadline);
  }
  return text;
}

int exit_code_of(const change::Plan& plan) {
  if (!plan.problems.empty()) return kFailed;
  if (plan.changes()) return kPending;
  return plan.incomplete() ? kIncomplete : kDone;
}

int plan(Call& call) {
  const Reach reach(call);
  const Planned planned = make_plan(
      call, reach, {.wish = wish_of(call, call.texts("VM")), .looking = call.deadline()});
  constexpr mode_t kMine = 0600;  // a configuration has passwords
  if (const std::string file = call.text("--save-cib"); !file.empty())
    write_file(file, planned.plan.target, kMine);
  if (call.common().json) {
    call.out() << change::json_of(planned.plan);
  } else {
    constexpr std::chrono::seconds kDiffing{30};
    if (call.flag("--diff"))
      call.out() << diffs_of(planned, Deadline::after(call.deadline().clock(), kDiffing));
    call.out() << change::text_of(planned.plan, {.paths = call.flag("--files")});
  }
  return exit_code_of(planned.plan);
}

}  // namespace

const Command kPlan{
    .name = "plan",
    .group = Group::change,
    .summary = "Show what apply would change, and what Pacemaker would do then",
    .description =
        "Compares the inventory with the cluster's configuration and with the definitions on all "
        "nodes. Nothing is changed. What is added is marked with +, what changes with ~, what goes "
        "with -; behind => stands what Pacemaker would do, as its own crm_simulate says. "
        "crm_verify, and libvirt's schema for definitions, look at the result: what they find is a "
        "problem, and apply refuses it.\n\n"
        "With VMs, the plan is of these alone, without the cluster's own configuration (options, "
        "fencing, ping, admin address, capacity of nodes).\n\n"
        "What somebody else put into the configuration stays: values, operations, constraints and "
        "tags that no template can write are named as kept. A resource without a file is named, "
        "and left alone: 'havc remove' removes one. target-role is the file's: a machine that was "
        "stopped with crm or pcs is started by apply, unless 'wanted' says stopped.\n\n"
        "With --json: an object with schema (\"havc.plan/1\"), changes (true when there is "
        "anything to do), summary, vms (each with vm, kind: none, add, change, stop-then-remove or "
        "remove, details, consequences, after_restart: what a guest sees only after its next "
        "start, and kept), cluster (what else changes in the configuration), consequences (of "
        "other resources and nodes), nodes (each with node, reached, reason, and the paths to add, "
        "replace and remove; null with --cib), foreign (resources without a file), notes, and "
        "problems (each with problem and remedy).",
    .options = kOptions,
    .examples = kExamples,
    .exit_status =
        "0: there is nothing to do.\n\n1: it cannot be applied; the problems say "
        "why.\n\n2: there are changes to be made.\n\n3: there is nothing to do, as far "
        "as is known: a node was not reached.",
    .run = plan,
};

}  // namespace havc::cli
