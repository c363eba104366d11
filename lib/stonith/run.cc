#include "stonith/run.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "base/input.h"
#include "base/log.h"
#include "base/text.h"
#include "base/worker.h"
#include "stonith/info.h"
#include "stonith/setup.h"

namespace havc::stonith {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostReason = 500;
constexpr std::size_t kMostWords = 100;  // of that: what went wrong has to be seen behind them

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
    work.out << power::printed(bay.state.power);
    if (bay.state.power == power::Power::unknown) work.out << " (" << bay.state.word << ")";
    work.out << "\n";
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
  Span span;
  void (*perform)(const Work&);
  std::string_view text;  ///< for the manual
};
constexpr std::array<Action, 6> kActions{{
    {"status", false, Span::question, status,
     "The management modules answer and are of this kind of chassis. Parameters are checked more "
     "strictly than by the others."},
    {"gethosts", false, Span::list, gethosts, "Prints the hosts that can be switched, one a line."},
    {"query", true, Span::question, query, "Prints ON, OFF or UNKNOWN for each bay of HOST."},
    {"off", true, Span::change, off,
     "Asks the operating system to shut down, unless no_softoff is set, and cuts power when "
     "soft_timeout is over. Done when every bay has read off twice."},
    {"on", true, Span::change, on, "Done when every bay has read on."},
    {"reset", true, Span::change, reset,
     "Cuts power at once, as off proves it, and switches on again. A host that does not come on "
     "again has been fenced all the same: a line in the log, and success."},
}};

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

Options parse(Environment environment, const Action& action) {
  split_old_form(environment);
  return stonith::parse(Face::external, environment,
                        action.name == "status" ? Strictness::refuse : Strictness::warn);
}

/// `--explain off HOST` tells what `off HOST` would do.
bool explaining(const Invocation& invocation) {
  return invocation.arguments[0] == "--explain" && invocation.arguments.size() > 1;
}

std::string host_of(const Invocation& invocation, const Action& action) {
  // The caller's shell splits a host with blanks into several words.
  const auto first = invocation.arguments.begin() + (explaining(invocation) ? 2 : 1);
  std::string host = text::join({first, invocation.arguments.end()}, " ");
  if (action.needs_host && host.empty()) {
    throw Error(Fault::misconfigured, "no host was given",
                "call it as " + std::string(action.name) + " HOST");
  }
  // libstonith has lower-cased it; Pacemaker passes the original beside.
  const std::string& original = invocation.environment.get("nodename");
  return text::equal_ignoring_case(original, host) ? original : host;
}

void explain(power::Device& device, const Action& action, const std::string& host,
             const Invocation& invocation, Deadline deadline) {
  if (action.span != Span::change) {
    throw Error(Fault::unsupported, text::quote(std::string(action.name)) + " changes nothing",
                "use --explain with on, off or reset");
  }
  invocation.out << device.explain(std::string(action.name), host, deadline);
}

void perform(const power::Chassis& chassis, const power::OpenClient& open,
             const Invocation& invocation, const std::string& tag) {
  const bool explains = explaining(invocation);
  const Action& action =
      find_action(explains ? invocation.arguments.at(1) : invocation.arguments[0]);
  const std::string host = host_of(invocation, action);
  const Span span = explains ? Span::question : action.span;
  const Options options = parse(invocation.environment, action);
  const Deadline deadline = Deadline::after(invocation.clock, time_of(options, span));
  const std::string guarded =
      invocation.watchdog ? tag + ": " + std::string(action.name) : std::string();
  const auto ready =
      make_ready(chassis, open, options, Face::external, span, guarded, deadline);
  power::Device& device = *ready.device;
  if (explains) {
    explain(device, action, host, invocation, deadline);
  } else {
    action.perform({device, host, invocation.out, deadline});
  }
  if (span == Span::change)
    log::info(std::string(action.name) + " " + host + ": done and read back");
}

int fail(const Invocation& invocation, const std::string& tag, const std::string& reason) {
  const std::string line = text::one_line(
      text::one_line(text::join(invocation.arguments, " "), kMostWords) + ": " + reason,
      kMostReason);
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

std::vector<ActionDoc> action_docs() {
  return {{"status", kActions[0].text},
          {"gethosts", kActions[1].text},
          {"query HOST", kActions[2].text},
          {"off HOST", kActions[3].text},
          {"on HOST", kActions[4].text},
          {"reset HOST", kActions[5].text},
          {"--explain off|on|reset HOST",
           "Tells what the action would do, to which bays, and changes nothing."},
          {"getconfignames, getinfo-WORD", "What cluster-glue asks of a plugin about itself."}};
}

int run(const power::Chassis& chassis, const power::OpenClient& open,
        const Invocation& invocation) {
  const std::string tag = configure_log(chassis, invocation.environment);
  const auto& arguments = invocation.arguments;
  if (arguments.empty() || arguments[0] == "help" || arguments[0] == "--help" ||
      arguments[0] == "-h") {
    invocation.err << usage(chassis);
    return 1;  // HAVC-II's, and nothing that a cluster calls
  }
  try {
    if (const auto answer = info(arguments[0], chassis, invocation.environment)) {
      invocation.out << *answer;
      return 0;
    }
    perform(chassis, open, invocation, tag);
    return 0;
  } catch (const Error& error) {
    return fail(invocation, tag, error.what());
  } catch (const std::exception& error) {
    return fail(invocation, tag,
                std::string("internal error: ") + error.what() + "; please report it");
  }
}

void main_of(const power::Chassis& chassis, const power::OpenClient& open, int count,
             char** words) {
  settle_process();
  std::ostringstream out;
  std::ostringstream err;
  const int exit_code = run(chassis, open,
                            {.arguments = {words + std::min(count, 1), words + count},
                             .environment = Environment::of_process(),
                             .clock = system_clock(),
                             .out = out,
                             .err = err,
                             .watchdog = true});
  // Without destructors at the end: a look-up of names may still hang on a thread.
  leave_process(print_and_end(count > 0 ? words[0] : "", exit_code, out.str(), err.str()));
}

}  // namespace havc::stonith
