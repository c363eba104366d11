// havc restart: VMs are stopped and started, a few at once.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "base/interrupt.h"
#include "base/text.h"
#include "change/edit.h"
#include "change/merge.h"
#include "havc/changing.h"
#include "havc/commands.h"
#include "havc/vms.h"
#include "havc/wishes.h"

namespace havc::cli {

namespace {

using change::Goal;
using change::Waited;
using inventory::Vm;
using inventory::Wanted;

constexpr OptionRow kOptions[] = {
    kVmsToChange,
    {"--at-once", "NUMBER", "How many VMs are down at the same time", Takes::one, "5"},
    kWithoutNode,
    kOverNewer,
};

constexpr Example kExamples[] = {
    {"So that new memory and CPUs count:", "havc restart WEB-01"},
    {"One after the other:", "havc restart tag:web --at-once 1"},
};

std::size_t at_once(Call& call) {
  const auto number = text::number(call.text("--at-once"), 1000);
  if (number && *number > 0) return *number;
  throw Error(
      Fault::misconfigured,
      "--at-once " + text::quote(call.text("--at-once")) + " is not a number from 1 to 1000",
      "see 'havc restart --help'");
}

class Restart {
 public:
  Restart(Call& call, Changing& changing)
      : call_(call),
        means_(changing.means()),
        told_(changing.told()),
        pacemaker_(means_.hosts, means_.run) {}

  /// False: interrupted. Throws Error with what did not come as far.
  bool some(const std::set<std::string>& ids) {
    change::edit_cib(
        pacemaker_, [&](const std::string& cib) { return stopped(cib, ids); }, soon());
    if (!wait(ids, Wanted::stopped)) return false;
    const Change change = with_files(call_, {}, ids);
    change::edit_cib(
        pacemaker_, [&](const std::string& cib) { return as_written(cib, change); }, soon());
    return wait(ids, Wanted::started);
  }

 private:
  Call& call_;
  change::Means means_;
  change::Told told_;
  change::Pacemaker pacemaker_;

  static Deadline soon() { return Deadline::after(system_clock(), std::chrono::minutes(3)); }

  static std::string stopped(const std::string& cib, const std::set<std::string>& ids) {
    auto merge = change::merge(cib, "cibadmin", {.stop = ids});
    if (!merge.problems.empty()) throw Error(merge.problems.front());
    return merge.cib;
  }

  /// With the target-role of the files.
  std::string as_written(const std::string& cib, const Change& change) {
    auto templates = call_.templates();
    const auto plan = make_plan(
        change.wish,
        {.cib = cib, .source = "cibadmin", .status = pacemaker_.status(soon()), .nodes = {}},
        templates, soon());
    if (!plan.problems.empty()) throw Error(plan.problems.front());
    return plan.target;
  }

  bool wait(const std::set<std::string>& ids, Wanted wanted) {
    std::vector<Goal> goals;
    goals.reserve(ids.size());
    for (const auto& id : ids) goals.push_back({id, wanted});
    for (const auto& each :
         change::await(pacemaker_, goals, told_.progress, means_.pause, Changing::deadline())) {
      if (each.end == Waited::End::reached) continue;
      if (each.end == Waited::End::interrupted) return false;
      throw Error(each.end == Waited::End::late ? Fault::timed_out : Fault::failed,
                  each.id + " " + each.reason, "correct the reason; 'havc apply' starts it then");
    }
    return true;
  }
};

int restart(Call& call) {
  Changing changing(call);
  const auto vms = vms_of_the_cluster(call);
  for (const auto* vm : vms) {
    if (vm->wanted == Wanted::started) continue;
    throw Error(Fault::failed,
                fmt::format("{} shall not run, its file says", text::quote(vm->name.text)),
                "run havc start");
  }
  const auto width = at_once(call);
  // What else their files want comes first, so that it counts with the start.
  Change change = with_files(call, {}, ids_of(vms));
  change.command = "restart " + text::join(call.texts("VM"), " ");
  change.question = fmt::format("Shall {} be stopped and started?", in_words(vms));
  change.again = "havc restart";
  change.restarts = true;
  change.quiet = true;
  if (call.common().dry_run && !call.common().json)
    call.out() << fmt::format("{}: stopped and started\n", in_words(vms));
  const auto outcome = changing.make(change);
  if (!outcome.agreed || outcome.exit_code == kFailed || outcome.exit_code == kInterrupted)
    return outcome.exit_code;
  Restart restart(call, changing);
  for (std::size_t begin = 0; begin < vms.size(); begin += width) {
    const auto end = std::min(vms.size(), begin + width);
    if (interrupt::came() ||
        !restart.some(ids_of({vms.begin() + static_cast<std::ptrdiff_t>(begin),
                              vms.begin() + static_cast<std::ptrdiff_t>(end)}))) {
      call.err() << fmt::format(
          "interrupted; not restarted: {} of {}; 'havc apply' starts what is down\n",
          vms.size() - begin, vms.size());
      return kInterrupted;
    }
    call.err() << fmt::format("{} of {} restarted\n", end, vms.size());
  }
  return outcome.exit_code;
}

}  // namespace

const Command kRestart{
    .name = "restart",
    .group = Group::change,
    .summary = "Stop and start VMs, a few at a time",
    .description =
        "First what their files say and the cluster does not is applied, so that it counts with "
        "the start. Then "
        "they are stopped, waited for, and started, so many at once as --at-once says; the next "
        "ones follow "
        "when those run. It ends when one does not come back.\n\n"
        "Interrupted while VMs are down, the next 'havc apply' starts them.",
    .options = kOptions,
    .examples = kExamples,
    .exit_status = "As of apply.",
    .run = restart,
};

}  // namespace havc::cli
