#include "havc/changing.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <ostream>

#include "base/environment.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "change/told.h"
#include "havc/progress_line.h"

namespace havc::cli {

namespace {

using change::Applied;
using change::Record;
using nlohmann::ordered_json;
using std::chrono::hours;
using std::chrono::seconds;

constexpr auto kForLock = seconds(3);      // who waits longer wants to know for whom
constexpr auto kForLooking = seconds(30);  // a busy machine may still be changed
constexpr auto kLongest = hours(48);       // 400 stops of 5 minutes, one after the other

int exit_code_of(Record::Result result) {
  switch (result) {
    case Record::Result::begun:
    case Record::Result::failed:
      return kFailed;
    case Record::Result::done:
      return kDone;
    case Record::Result::incomplete:
      return kIncomplete;
    case Record::Result::interrupted:
      return kInterrupted;
  }
  return kFailed;
}

std::string word_of(change::Waited::End end) {
  switch (end) {
    case change::Waited::End::reached:
      return "as wanted";
    case change::Waited::End::failed:
      return "failed";
    case change::Waited::End::late:
      return "not in time";
    case change::Waited::End::interrupted:
      return "interrupted";
  }
  return "failed";
}

ordered_json json_of(const Applied& applied) {
  ordered_json json{{"schema", "havc.apply/1"}, {"result", name_of(applied.result)},
                    {"record", applied.record}, {"problem", nullptr},
                    {"remedy", nullptr},        {"vms", ordered_json::array()},
                    {"nodes", applied.nodes},   {"done", applied.done},
                    {"left", applied.left}};
  if (applied.error) {
    json["problem"] = applied.error->problem();
    json["remedy"] = applied.error->remedy();
  }
  for (const auto& vm : applied.vms) {
    json["vms"].push_back({{"id", vm.id},
                           {"result", word_of(vm.end)},
                           {"state", name_of(vm.state.word)},
                           {"nodes", vm.state.nodes},
                           {"reason", vm.reason}});
  }
  return json;
}

std::string rest_of(const Change& change) {
  if (change.again.empty()) return "'havc apply' does the rest";
  return fmt::format("call '{}' again, which does the rest", change.again);
}

void print_json(std::ostream& out, const ordered_json& json) {
  out << json.dump(2, ' ', false, ordered_json::error_handler_t::replace) << '\n';
}

}  // namespace

std::string asking_user() {
  const auto environment = Environment::of_process();
  for (const auto* name : {"SUDO_USER", "LOGNAME", "USER"}) {
    if (!environment.get(name).empty()) return environment.get(name);
  }
  return "root";
}

Changing::Changing(Call& call) : call_(call), lock_(take_lock()), reach_(call) {}

std::optional<FileLock> Changing::take_lock() {
  if (!call_.common().cib.empty()) {
    throw Error(Fault::misconfigured, "a file given by --cib cannot be changed",
                "use havc plan to see what would change");
  }
  interrupt::watch();
  if (call_.common().dry_run) return {};
  return records_.lock(Deadline::after(system_clock(), kForLock));
}

Deadline Changing::deadline() {
  return Deadline::after(system_clock(), kLongest);
}

change::Means Changing::means() {
  return {.hosts = reach_.nodes(),
          .run = reach_.run(),
          .pause = [](Duration time, Deadline end) { return interrupt::pause(time, end); },
          .records = &records_};
}

change::Told Changing::told() {
  auto line = std::make_shared<ProgressLine>(call_.err(), call_.on_terminal());
  return {.step = [line](const std::string& text) { line->say(text); },
          .progress = [line](const change::Progress& progress) { line->show(progress); }};
}

Planned Changing::prepare(const Change& change) {
  auto planned = make_plan(call_, reach_,
                           {.wish = change.wish,
                            .folder = change.folder,
                            .restarts = change.restarts,
                            .looking = Deadline::after(system_clock(), kForLooking)});
  const auto& problems = planned.plan.problems;
  for (std::size_t i = 1; i < problems.size(); ++i)
    call_.err() << "havc: " << problems[i].what() << '\n';
  if (!problems.empty()) throw Error(problems.front());
  return planned;
}

Changing::Outcome Changing::make(const Change& change) {
  return make(change, prepare(change));
}

/// What the plan does not tell because it is not shown is told all the same.
void Changing::show(const Planned& planned, bool changes) {
  if (changes && !call_.common().json) {
    call_.out() << text_of(planned.plan);
    return;
  }
  for (const auto& each : planned.doubles) call_.err() << "attention: " << each << '\n';
}

change::Order Changing::order_of(const Change& change, const Planned& planned) const {
  const auto excused = call_.texts("--without-node");
  return {.plan = planned.plan,
          .wish = change.wish,
          .look = planned.look,
          .inventory = change.inventory,
          .plan_json = change::json_of(planned.plan),
          .user = asking_user(),
          .machine = host_name(),
          .command = change.command,
          .without = std::set<std::string>(excused.begin(), excused.end()),
          .await = change.await,
          .settle = !change.restarts,
          .elsewhere = planned.actual.elsewhere,
          .wrong = planned.untouched,
          .over_newer = call_.flag("--over-newer"),
          .files_only = change.files_only};
}

Changing::Outcome Changing::make(const Change& change, const Planned& planned) {
  const bool alters = planned.plan.changes() || !change.files.empty() || change.commit;
  const bool changes = alters || change.restarts;
  show(planned, alters);
  if (call_.common().dry_run) {
    if (!changes && !call_.common().json) call_.out() << "nothing to do\n";
    return {.exit_code = changes ? kPending : kDone, .agreed = false};
  }
  if (changes && !call_.confirm(change.question)) return {.exit_code = kFailed, .agreed = false};
  inventory::put(call_.common().folder, change.files);
  if (change.commit) change.commit();
  Outcome outcome;
  outcome.applied = change::apply(means(), order_of(change, planned), told(), deadline());
  outcome.exit_code = exit_code_of(outcome.applied.result);
  print_result(outcome.applied, change);
  return outcome;
}

void Changing::print_result(const Applied& applied, const Change& change) {
  if (change.quiet && applied.record == 0 && applied.result == Record::Result::done) return;
  if (call_.common().json) {
    print_json(call_.out(), json_of(applied));
    return;
  }
  for (const auto& line : applied.nodes) call_.err() << "not everywhere: " << line << '\n';
  if (applied.record == 0 && applied.vms.empty()) call_.out() << "nothing to do\n";
  for (const auto& line : applied.left) call_.out() << "left: " << line << '\n';
  if (applied.error) call_.err() << "havc: " << applied.error->what() << '\n';
  if (applied.result == Record::Result::interrupted)
    call_.err() << "interrupted; " << rest_of(change) << '\n';
  if (applied.record != 0)
    call_.out() << fmt::format("apply {}: {}\n", applied.record, name_of(applied.result));
}

Change whole_inventory(Call& call) {
  Change change;
  change.wish.inventory = call.inventory();
  change.inventory = change::copy_of(call.common().folder);
  return change;
}

Change with_files(Call& call, const std::vector<inventory::FileText>& files,
                  const std::set<std::string>& ids) {
  std::vector<Error> problems;
  inventory::check_with(call.common().folder, files, problems);
  auto reading = inventory::read_with(call.common().folder, files);
  if (!reading.problems.empty()) throw Error(reading.problems.front());
  Change change;
  change.wish = {
      .inventory = std::move(reading.inventory), .selected = ids, .cluster_pieces = false};
  change.inventory = change::copy_of(call.common().folder);
  for (const auto& file : files) change.inventory[file.path] = file.text;
  change.files = files;
  return change;
}

}  // namespace havc::cli
