// havc move: a VM goes to another node once, and nothing of that stays in the configuration.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

#include "base/environment.h"
#include "base/text.h"
#include "change/move.h"
#include "havc/changing.h"
#include "havc/commands.h"
#include "havc/double.h"
#include "havc/vms.h"
#include "havc/wishes.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {
    {"VM", "", "Which VM, by its name", Takes::one, {}, options::Need::required},
    {"NODE", "", "Where to; without it, Pacemaker chooses", Takes::one},
    {"--even-so", "", "Also when it would move back, or others would be moved because of it"},
};

constexpr Example kExamples[] = {
    {"Alive, to node2:", "havc move WEB-01 node2"},
    {"What would happen:", "havc move WEB-01 --dry-run"},
};

const inventory::Vm& the_vm(Call& call) {
  const auto vms =
      inventory::select(call.inventory().vms, {call.text("VM")}, inventory::NoWords::refuse);
  if (vms.size() == 1) return *vms.front();
  throw Error(Fault::misconfigured,
              fmt::format("{} means {} VMs", text::quote(call.text("VM")), vms.size()),
              "name one: they move one after the other");
}

change::Way planned_way(const change::MovePlan& plan) {
  return plan.live ? change::Way::live : change::Way::restarted;
}

/// Pacemaker knows no other place; that it would not move there would not tell why.
void check_node(const cluster::Asked& asked, const std::string& to) {
  std::vector<std::string> names;
  for (const auto& each : asked.status.nodes) names.push_back(each.name);
  if (to.empty() || std::find(names.begin(), names.end(), to) != names.end()) return;
  throw Error(Fault::misconfigured, "the cluster has no node " + text::quote(to),
              "name one of " + text::join(names, ", "));
}

void print_plan(Call& call, const change::MovePlan& plan) {
  if (call.common().json) return;
  call.out() << fmt::format("{} moves {} -> {} ({})\n", plan.id, plan.from, plan.to,
                            words_of(planned_way(plan)));
  for (const auto& each : plan.others) call.out() << "  " << each << '\n';
  if (!plan.afterwards.empty()) call.out() << "  afterwards it " << plan.afterwards << '\n';
}

/// "live" is null where nobody knows.
void print_json(Call& call, const change::MovePlan& plan, bool there, change::Way way,
                const std::string& reason) {
  nlohmann::ordered_json json{{"schema", "havc.move/1"}, {"id", plan.id},
                              {"from", plan.from},       {"to", plan.to},
                              {"there", there},          {"live", nullptr},
                              {"others", plan.others},   {"afterwards", plan.afterwards},
                              {"reason", reason}};
  if (way != change::Way::unknown) json["live"] = way == change::Way::live;
  call.out() << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

/// " (live)"; " (moved)" where the nodes' history does not say how.
std::string how(const change::MovePlan& plan, const change::Moved& moved) {
  const auto words = words_of(moved.way);
  if (words.empty()) return " (moved)";
  const bool otherwise = plan.live && moved.way == change::Way::restarted;
  return fmt::format(" ({}{})", words, otherwise ? ": its migration failed" : "");
}

int finish(Call& call, const change::MovePlan& plan, const change::Moved& moved) {
  if (call.common().json) print_json(call, plan, moved.there, moved.way, moved.reason);
  if (!moved.left.empty()) {
    call.err() << fmt::format(
        "havc: the constraint '{}' is still there: {}; it does nothing after its time, and goes "
        "with the next "
        "move; or delete it: crm_resource --clear does not, 'cibadmin --delete --xml-text "
        "'<rsc_location id=\"{}\"/>'' does\n",
        change::move_constraint(plan.id), moved.left, change::move_constraint(plan.id));
  }
  if (moved.there) {
    if (!call.common().json)
      call.out() << fmt::format("{} is on {}{}\n", plan.id, plan.to, how(plan, moved));
    return kDone;
  }
  call.err() << fmt::format("havc: {} is not on {}: {}\n", text::quote(plan.id), plan.to,
                            moved.reason);
  return moved.interrupted ? kInterrupted : kFailed;
}

int move(Call& call) {
  Changing changing(call);
  const auto& vm = the_vm(call);
  const std::string to = call.text("NODE");
  if (!to.empty() && changing.reach().node(to).name.empty())
    throw Error(Fault::misconfigured, "there is no node " + text::quote(to), "see havc status");
  const auto deadline = Deadline::after(system_clock(), std::chrono::minutes(2));
  const auto asked = cluster::ask(cluster::candidates(call.inventory().cluster, host_name()),
                                  changing.reach().run(), deadline.part(std::chrono::seconds(60)));
  check_node(asked, to);
  const auto plan =
      change::plan_move(asked.configuration_text, asked.status, vm.identity.fqn, to, deadline);
  if (plan.from == plan.to) {
    if (call.common().json)
      print_json(call, plan, true, change::Way::unknown, "");
    else
      call.out() << fmt::format("nothing to do: {} is on {}\n", plan.id, plan.to);
    return kDone;
  }
  for (const auto& found :
       doubles_among({&vm}, changing.reach(), {asked.status, &asked.configuration}, deadline))
    throw refusal_of(found, asked.status);
  print_plan(call, plan);
  if (!call.flag("--even-so")) check_move(plan);
  if (call.common().dry_run) {
    if (call.common().json) print_json(call, plan, false, planned_way(plan), "");
    return kPending;
  }
  if (!call.confirm("Move it?")) return kFailed;
  const auto means = changing.means();
  change::Pacemaker pacemaker(means.hosts, means.run);
  const auto told = changing.told();
  return finish(call, plan,
                change::move(pacemaker, plan, told.progress, means.pause, Changing::deadline()));
}

}  // namespace

const Command kMove{
    .name = "move",
    .group = Group::change,
    .summary = "Move a VM to another node, alive where it can be",
    .description =
        "Asks crm_simulate first: refused is what would not move, would move back as soon as it "
        "has "
        "arrived, or would move others. Pacemaker gets a location constraint (havc-move-NAME), "
        "which is removed when the move has ended on both nodes, whatever has come of it; until "
        "then it is waited for as "
        "long as the timeouts of migration, stop and start allow. The constraint has an end of its "
        "own, for the case "
        "that nobody is left to remove it. On a terminal it is told how much has gone over.\n\n"
        "At the end it is said how it came there, by what the nodes remember of it: live; stopped "
        "and "
        "started, also when its migration had failed; or just moved, where they remember "
        "neither.\n\n"
        "Ctrl-C ends it before the move has begun; one that has begun goes on and is waited for, "
        "because "
        "a configuration that changes in its middle can cost the VM. A second Ctrl-C ends the "
        "waiting, "
        "and leaves the constraint to its end.\n\n"
        "Where a VM shall begin from now on is in its file: havc set NAME nodes=NODE.",
    .options = kOptions,
    .examples = kExamples,
    .exit_status =
        "1 also when it has not arrived; 2 with --dry-run when it would move; 130 when it was "
        "interrupted.",
    .json =
        "An object of schema havc.move/1: id; from and to, the nodes; there (true: it runs on the "
        "latter, and nothing goes on any more); live (true: its migration ended well and nothing "
        "started it, as the nodes remember; false: it was stopped and started; null: neither can "
        "be shown, or nothing was to be done; with --dry-run what is planned); others (what would "
        "be "
        "done with other resources because of it) and afterwards (what would be done with it "
        "then), "
        "as plan says them; reason (why it is not there).",
    .run = move,
};

}  // namespace havc::cli
