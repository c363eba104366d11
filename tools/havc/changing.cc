#include "havc/changing.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <ostream>

#include "base/environment.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "change/told.h"
#include "havc/double.h"
#include "havc/progress_line.h"

namespace havc::cli {

namespace {

using change::Applied;
using change::Record;
using nlohmann::ordered_json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kForLock = seconds(3);      // who waits longer wants to know for whom
constexpr auto kForPlanning = minutes(2);  // 400 machines take 3 s
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

Changing::Prepared Changing::prepare(const Change& change) {
  const auto deadline = Deadline::after(system_clock(), kForPlanning);
  Prepared prepared;
  auto asked = cluster::ask(cluster::candidates(call_.reading().inventory.cluster, host_name()),
                            reach_.run(), deadline.part(seconds(60)));
  prepared.look = change::look(reach_.nodes(), reach_.run(), deadline.part(seconds(30)));
  prepared.actual.cib = std::move(asked.configuration_text);
  prepared.actual.source = std::move(asked.source);
  prepared.actual.status = std::move(asked.status);
  prepared.actual.nodes = prepared.look.node_files();
  auto templates = call_.templates(change.folder);
  prepared.plan = make_plan(change.wish, prepared.actual, templates, deadline);
  const auto& problems = prepared.plan.problems;
  for (std::size_t i = 1; i < problems.size(); ++i)
    call_.err() << "havc: " << problems[i].what() << '\n';
  if (!problems.empty()) throw Error(problems.front());
  if (!change.files_only)
    look_for_doubles(change, {prepared.actual.status, &asked.configuration}, prepared.plan);
  return prepared;
}

void Changing::look_for_doubles(const Change& change, const cluster::Overview& overview,
                                const change::Plan& plan) {
  std::vector<const inventory::Vm*> vms;
  for (const auto& vm : change.wish.inventory.vms) {
    if (!change.wish.selected || change.wish.selected->contains(vm.identity.fqn))
      vms.push_back(&vm);
  }
  for (const auto& found : doubles_among(vms, reach_, overview, deadline())) {
    const bool touched =
        change.restarts || std::any_of(plan.vms.begin(), plan.vms.end(),
                                       [&](const auto& each) { return each.id == found.id; });
    if (touched && found.vm->wanted == inventory::Wanted::started) throw refusal_of(found);
    call_.err() << fmt::format("attention: {} is {}: {}\n", found.id,
                               cluster::name_of(found.state->word), found.state->reason);
  }
}

Changing::Outcome Changing::make(const Change& change) {
  return make(change, prepare(change));
}

Changing::Outcome Changing::make(const Change& change, const Prepared& prepared) {
  const bool planned = prepared.plan.changes() || !change.files.empty() || change.commit;
  const bool changes = planned || change.restarts;
  if (planned && !call_.common().json) call_.out() << text_of(prepared.plan);
  if (call_.common().dry_run) {
    if (!changes && !call_.common().json) call_.out() << "nothing to do\n";
    return {.exit_code = changes ? kPending : kDone, .agreed = false};
  }
  if (changes && !call_.confirm(change.question)) return {.exit_code = kFailed, .agreed = false};
  inventory::put(call_.common().folder, change.files);
  if (change.commit) change.commit();
  const change::Order order{.plan = prepared.plan,
                            .wish = change.wish,
                            .look = prepared.look,
                            .inventory = change.inventory,
                            .plan_json = change::json_of(prepared.plan),
                            .user = asking_user(),
                            .machine = host_name(),
                            .command = change.command,
                            .without =
                                [&] {
                                  const auto names = call_.texts("--without-node");
                                  return std::set<std::string>(names.begin(), names.end());
                                }(),
                            .await = change.await,
                            .over_newer = call_.flag("--over-newer"),
                            .files_only = change.files_only};
  Outcome outcome;
  outcome.applied = change::apply(means(), order, told(), deadline());
  outcome.exit_code = exit_code_of(outcome.applied.result);
  print_result(outcome.applied, change.quiet);
  return outcome;
}

void Changing::print_result(const Applied& applied, bool quiet) {
  if (quiet && applied.record == 0 && applied.result == Record::Result::done) return;
  if (call_.common().json) {
    print_json(call_.out(), json_of(applied));
    return;
  }
  for (const auto& line : applied.nodes) call_.err() << "not everywhere: " << line << '\n';
  if (applied.record == 0 && applied.vms.empty()) call_.out() << "nothing to do\n";
  for (const auto& line : applied.left) call_.out() << "left: " << line << '\n';
  if (applied.error) call_.err() << "havc: " << applied.error->what() << '\n';
  if (applied.result == Record::Result::interrupted)
    call_.err() << "interrupted; 'havc apply' does the rest\n";
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
