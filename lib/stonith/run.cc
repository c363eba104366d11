#include "stonith/run.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <optional>

#include "base/log.h"
#include "base/text.h"
#include "base/watchdog.h"
#include "base/worker.h"
#include "options/parse.h"
#include "stonith/info.h"
#include "stonith/parameters.h"

namespace havc::stonith {

namespace {

using namespace std::chrono_literals;

constexpr auto kMostQueryTime = 15s;  // below the 20 s that Pacemaker gives monitor and start
constexpr auto kLeastDeadline =
    5s;  // less cannot work: two reads of off are a second apart, a lost packet costs two
constexpr auto kWatchdogGrace = 500ms;
constexpr std::size_t kMostReason = 500;

/// All that an action needs.
struct Work {
  power::Device& device;
  std::string host;
  std::ostream& out;
  Deadline deadline;
};

void status(const Work& work) {
  for (const auto& warning : work.device.status(work.deadline)) log::warn(warning);
}

void gethosts(const Work& work) {
  bool any = false;
  for (const auto& entry : work.device.list(work.deadline)) {
    if (entry.host.empty()) continue;
    work.out << entry.host << "\n";
    any = true;
  }
  if (any) return;
  throw Error(Fault::failed, "no bay of the chassis has a name",
              "name the bays on the management module, or set 'host_map'");
}

void query(const Work& work) {
  for (const auto& bay : work.device.look(work.host, work.deadline)) {
    switch (bay.state.power) {
      case power::Power::off:
        work.out << "OFF\n";
        break;
      case power::Power::on:
      case power::Power::asleep:
        work.out << "ON\n";
        break;  // as HAVC-II: asleep is not off
      case power::Power::unknown:
        work.out << "UNKNOWN (" << bay.state.word << ")\n";
        break;
    }
  }
}

void off(const Work& work) {
  work.device.off(work.host, work.deadline);
}

void on(const Work& work) {
  work.device.on(work.host, work.deadline);
}

void reset(const Work& work) {
  work.device.reset(work.host, work.deadline);
}

struct Action {
  std::string_view name;
  bool needs_host;
  bool changes;
  void (*perform)(const Work&);
};
constexpr std::array<Action, 6> kActions{{{"status", false, false, status},
                                          {"gethosts", false, false, gethosts},
                                          {"query", true, false, query},
                                          {"off", true, true, off},
                                          {"on", true, true, on},
                                          {"reset", true, true, reset}}};

const Action& find_action(const std::string& name) {
  for (const auto& action : kActions) {
    if (action.name == name) return action;
  }
  throw Error(Fault::unsupported, "unsupported action " + text::quote(name),
              "use on, off, reset, query, gethosts, status, getconfignames or getinfo-WORD");
}

/// HAVC-II's three values in two names: `stonith -p "ADDRESS PATH 0"` leaves the number with the
/// path. Blanks at its ends are what `-p` leaves of a line's end, never part of it.
void split_old_form(Environment& environment) {
  const std::string value(text::trim(environment.get("snmp_conf_path")));
  environment.set("snmp_conf_path", value);
  const auto blank = value.rfind(' ');
  if (blank == std::string::npos || blank == 0 || value[blank - 1] == ' ') return;
  const std::string rest = value.substr(blank + 1);
  if (!text::number(rest)) return;
  log::warn("'snmp_conf_path' ends in " + text::quote(rest) +
            ", which is read as no_softoff, as HAVC-II did");
  environment.set("snmp_conf_path", value.substr(0, blank));
  if (environment.get("no_softoff").empty()) environment.set("no_softoff", rest);
}

/// Bad tuning falls back to its default, except in status: a typo must show when the device is
/// configured, not when a node has to be fenced.
Options parse(Environment environment, const Action& action) {
  split_old_form(environment);
  auto parsed = options::parse<Options>(kParameters, environment, "");
  if (parsed.options.deadline < kLeastDeadline) {
    parsed.problems.push_back(
        {"deadline", "parameter 'deadline' is below 5 s", options::Kind::tuning});
    parsed.options.deadline = kLeastDeadline;
  }
  std::vector<options::Problem> fatal;
  for (const auto& problem : parsed.problems) {
    if (problem.kind == options::Kind::identity || action.name == "status") {
      fatal.push_back(problem);
    } else {
      log::warn(problem.text + "; the default is used");
    }
  }
  options::refuse(fatal);
  return parsed.options;
}

power::Setup setup_of(const Options& options) {
  power::Setup setup;
  setup.chassis = {options.mgmt_address.list};
  setup.credentials.folder = options.snmp_conf_path.text;
  setup.host_map = options.host_map;
  setup.soft_timeout = options.no_softoff.set ? 0s : options.soft_timeout;
  return setup;
}

std::string host_of(const Invocation& invocation, const Action& action) {
  // The caller's shell splits a host with blanks into several words.
  std::string host =
      text::join({invocation.arguments.begin() + 1, invocation.arguments.end()}, " ");
  if (action.needs_host && host.empty()) {
    throw Error(Fault::misconfigured, "no host was given",
                "call it as " + std::string(action.name) + " HOST");
  }
  // libstonith has lower-cased it; Pacemaker passes the original beside.
  const std::string& original = invocation.environment.get("nodename");
  return text::equal_ignoring_case(original, host) ? original : host;
}

void perform(const power::Chassis& chassis, const power::Connect& connect,
             const Invocation& invocation, const std::string& tag) {
  const Action& action = find_action(invocation.arguments[0]);
  const std::string host = host_of(invocation, action);
  const Options options = parse(invocation.environment, action);
  const Duration time = action.changes ? Duration(options.deadline)
                                       : std::min<Duration>(options.deadline, kMostQueryTime);
  const Deadline deadline = Deadline::after(invocation.clock, time);
  std::optional<Watchdog> watchdog;
  if (invocation.watchdog) {
    watchdog.emplace(
        deadline.earlier_by(-kWatchdogGrace),
        tag + ": " + std::string(action.name) +
            ": timed out; something hangs on this node: look at the files in 'snmp_conf_path'\n",
        1);
  }
  power::Device device(chassis, setup_of(options), connect);
  action.perform({device, host, invocation.out, deadline});
  invocation.out.flush();
  if (!invocation.out) throw Error(Fault::failed, "cannot write the answer to standard output");
  if (action.changes) log::info(std::string(action.name) + " " + host + ": done and read back");
}

int fail(const Invocation& invocation, const std::string& tag, const std::string& reason) {
  const std::string line =
      text::one_line(text::join(invocation.arguments, " ") + ": " + reason, kMostReason);
  log::write_elsewhere(log::Level::error, line);
  invocation.err << tag << ": " << line << std::endl;
  return 1;
}

std::string configure_log(const power::Chassis& chassis, const Environment& environment) {
  std::string tag = environment.get("HA_LOGTAG");
  if (tag.empty()) tag = "external/" + std::string(chassis.plugin);
  const std::string& facility = environment.get("HA_LOGFACILITY");
  const std::string& debug = environment.get("HA_debug");
  log::configure({.tag = tag,
                  .facility = log::facility_of(facility.empty() ? "daemon" : facility),
                  .on_stderr = log::OnStderr::none,
                  .debug = !debug.empty() && debug != "0"});
  return tag;
}

}  // namespace

int run(const power::Chassis& chassis, const power::Connect& connect, const Invocation& invocation) {
  const std::string tag = configure_log(chassis, invocation.environment);
  const auto& arguments = invocation.arguments;
  if (arguments.empty() || arguments[0] == "help" || arguments[0] == "--help" ||
      arguments[0] == "-h") {
    invocation.err << usage(chassis);
    return 1;  // HAVC-II's, and nothing that a cluster calls
  }
  try {
    if (const auto answer = info(arguments[0], chassis, invocation.environment)) {
      invocation.out << *answer << std::flush;
      return invocation.out ? 0 : 1;
    }
    perform(chassis, connect, invocation, tag);
    return 0;
  } catch (const Error& error) {
    return fail(invocation, tag, error.what());
  } catch (const std::exception& error) {
    return fail(invocation, tag,
                std::string("internal error: ") + error.what() + "; please report it");
  }
}

void main_of(const power::Chassis& chassis, const power::Connect& connect, int count, char** words) {
  settle_process();
  // Without destructors at the end: a look-up of names may still hang on a thread.
  leave_process(run(chassis, connect,
                    {.arguments = {words + std::min(count, 1), words + count},
                     .environment = Environment::of_process(),
                     .clock = system_clock(),
                     .out = std::cout,
                     .err = std::cerr,
                     .watchdog = true}));
}

}  // namespace havc::stonith
