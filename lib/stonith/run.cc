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
#include "power/host_map.h"
#include "power/power.h"
#include "stonith/info.h"
#include "stonith/parameters.h"

namespace havc::stonith {

namespace {

using namespace std::chrono_literals;

constexpr auto kMostQueryTime = 15s;  // below the 20 s that Pacemaker gives monitor and start
constexpr auto kLeastDeadline =
    5s;  // less cannot work: two reads of off are a second apart, a lost packet costs two
// Half of an action's time for finding a module that answers: what fails before 70 % of its time,
// fenced tries again.
constexpr int kContactShare = 2;
constexpr auto kWatchdogGrace = 500ms;
constexpr std::size_t kMostReason = 500;

/// All that an action needs.
struct Work {
  const power::Chassis& chassis;
  const Options& options;
  std::string host;
  snmp::Session& session;
  std::ostream& out;
  Deadline deadline;
};

std::vector<power::Bay> bays(const Work& work) {
  const auto all = power::read(work.session, work.chassis, work.deadline);
  return power::bays_of(work.host, all, work.options.host_map);
}

void status(const Work& /*work*/) {}  // to have found the chassis is all

void gethosts(const Work& work) {
  const auto all = power::read(work.session, work.chassis, work.deadline);
  const auto hosts = power::hosts(all, work.options.host_map);
  if (hosts.empty()) {
    throw Error(Fault::failed, "no bay of " + text::quote(work.session.peer()) + " has a name",
                "name the bays on the management module, or set 'host_map'");
  }
  for (const auto& host : hosts) work.out << host << "\n";
}

void query(const Work& work) {
  for (const auto& bay : bays(work)) {
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
  const auto soft_timeout = work.options.no_softoff.set ? 0s : work.options.soft_timeout;
  power::turn_off(work.session, work.chassis, bays(work), {soft_timeout}, work.deadline);
}

void on(const Work& work) {
  power::turn_on(work.session, work.chassis, bays(work), work.deadline);
}

void reset(const Work& work) {
  power::reset(work.session, work.chassis, bays(work), work.deadline);
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

/// A session to the first module that answers and is a chassis of this kind.
std::unique_ptr<snmp::Session> find_module(const power::Chassis& chassis, const Connect& connect,
                                           const Options& options, Deadline deadline) {
  const auto addresses = snmp::resolve(options.mgmt_address.list, deadline);
  std::optional<Error> first;
  std::string others;
  auto left = static_cast<int>(addresses.size());
  for (const auto& address : addresses) {
    try {
      auto session = connect(address, {options.snmp_conf_path.text});
      const auto description =
          power::check(*session, chassis, deadline.capped(deadline.remaining() / left--));
      log::debug(text::quote(session->peer()) + " is " + text::quote(description));
      return session;
    } catch (const Error& error) {
      log::warn(error.what());
      if (!first) {
        first = error;
      } else {
        others += "; " + error.problem();
      }
    }
  }
  throw Error(first->fault(), first->problem() + others, first->remedy());
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

void perform(const power::Chassis& chassis, const Connect& connect, const Invocation& invocation,
             const std::string& tag) {
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
  const auto session = find_module(
      chassis, connect, options, action.changes ? deadline.capped(time / kContactShare) : deadline);
  action.perform({chassis, options, host, *session, invocation.out, deadline});
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

int run(const power::Chassis& chassis, const Connect& connect, const Invocation& invocation) {
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

void main_of(const power::Chassis& chassis, const Connect& connect, int count, char** words) {
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
