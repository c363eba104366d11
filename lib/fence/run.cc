#include "fence/run.h"

#include <optional>

#include "base/log.h"
#include "base/text.h"
#include "fence/actions.h"
#include "fence/metadata.h"
#include "stonith/setup.h"

namespace havc::fence {

namespace {

using stonith::Face;
using stonith::Options;
using stonith::Span;
using stonith::Strictness;

constexpr std::size_t kMostReason = 500;
constexpr std::size_t kMostPlug = 100;  // of that: what went wrong has to be seen behind it

bool is_set(const Environment& values, std::string_view name) {
  return options::boolean(values.get(name)).value_or(false);
}

/// Before the options are parsed, so that warnings about them go the right way.
void configure_log(const std::string& program, const Environment& values,
                   const Environment& environment) {
  const std::string& level = values.get("verbose_level");
  const bool verbose = is_set(values, "verbose") || (!level.empty() && level != "0");
  const std::string& debug = values.get("debug");
  const std::string& file = values.get("debug_file").empty() ? debug : values.get("debug_file");
  const std::string& facility = environment.get("HA_LOGFACILITY");
  log::configure({.tag = program,
                  .facility = log::facility_of(facility.empty() ? "daemon" : facility),
                  .on_stderr = verbose ? log::OnStderr::tagged : log::OnStderr::none,
                  .debug = verbose || !file.empty(),
                  .debug_file = file.starts_with('/') ? file : ""});
}

std::string action_of(const Environment& values) {
  const std::string action = text::lower(values.get("action"));
  if (action.empty()) return "reboot";
  return action == "meta-data" ? "metadata" : action;
}

/// What needs no device, and no other parameter to be right.
std::optional<std::string> description(const power::Chassis& chassis, const Environment& values) {
  if (is_set(values, "help")) return usage(chassis);
  if (is_set(values, "version")) return std::string(HAVC_VERSION "\n");
  const std::string action = action_of(values);
  if (action == "metadata" || action == "manpage") return metadata(chassis);
  return {};
}

/// Several plugs as power::Device takes them: all bays of them are one action, because they may be
/// one host, and none of it may be on again before the last of it is off.
std::string plug_of(const Options& options) {
  if (options.plug.empty() || options.plug_separator.empty()) {
    return options.plug.empty() ? options.nodename : options.plug;
  }
  std::vector<std::string> plugs;
  for (const auto& each : text::split(options.plug, options.plug_separator)) {
    if (const auto plug = text::trim(each); !plug.empty()) plugs.emplace_back(plug);
  }
  return text::join(plugs, ",");
}

Outcome explain(const Action& action, const Work& work) {
  if (action.span != Span::change) {
    throw Error(Fault::unsupported, text::quote(std::string(action.name)) + " changes nothing",
                "use --explain with on, off or reboot");
  }
  return {kDone, work.device.explain(std::string(action.name), work.plug, work.deadline)};
}

Outcome perform(const power::Chassis& chassis, const power::OpenClient& open, const Action& action,
                const Options& options, const Invocation& invocation) {
  const std::string plug = plug_of(options);
  if (action.needs_plug && plug.empty()) {
    throw Error(Fault::misconfigured, "no plug was given", "set 'plug' to a bay or a host");
  }
  // Not a part of the deadline, which is the time of the work with the chassis: a delay that was
  // would leave a slow module too little. Nothing is looked up or sent before it.
  if (action.delays && !options.explain && options.delay.count() > 0) {
    Deadline::after(invocation.clock, options.delay).pause(options.delay);
  }
  const Span span = options.explain ? Span::question : action.span;
  const Deadline deadline = Deadline::after(invocation.clock, time_of(options, span));
  const std::string guarded =
      invocation.watchdog ? program_name(chassis) + ": " + std::string(action.name) : "";
  const auto ready =
      stonith::make_ready(chassis, open, options, Face::fence, span, guarded, deadline);
  const Work work{*ready.device, plug, options.separator, options.missing_as_off, deadline};
  if (options.explain) return explain(action, work);
  auto outcome = action.perform(work);
  if (span == Span::change)
    log::info(std::string(action.name) + " " + plug + ": done and read back");
  return outcome;
}

Answer act(const power::Chassis& chassis, const power::OpenClient& open, const Environment& values,
           const Invocation& invocation) {
  const std::string name = action_of(values);
  const Action* const action = find_action(name);
  if (action == nullptr) {
    throw Error(Fault::unsupported, "unsupported action " + text::quote(name),
                "use one of " + text::join(action_names(), ", "));
  }
  const bool strict = name == "monitor" || name == "validate-all";
  const Options options =
      parse(Face::fence, values, strict ? Strictness::refuse : Strictness::warn);
  const Outcome outcome = perform(chassis, open, *action, options, invocation);
  Answer answer{outcome.exit_code, outcome.output, ""};
  for (const auto& problem : outcome.problems) {
    const std::string line = name + ": " + text::one_line(problem, kMostReason);
    log::write_elsewhere(log::Level::error, line);
    answer.errors += program_name(chassis) + ": " + line + "\n";
  }
  return answer;
}

/// Names that no parameter has: in the log where parameters are checked, and for validate-all, which
/// a person calls or a tool that shows it to one, on standard error: what is returned.
std::string tell_unknown(const power::Chassis& chassis, const Input& input) {
  const std::string action = action_of(input.values);
  std::string lines;
  for (const auto& warning : input.warnings) {
    const std::string line = action + ": warning: " + text::one_line(warning, kMostReason);
    if (action == "validate-all") {
      log::write_elsewhere(log::Level::warning, line);
      lines += program_name(chassis) + ": " + line + "\n";
    } else {
      log::write(action == "monitor" ? log::Level::warning : log::Level::debug, line);
    }
  }
  return lines;
}

/// fenced tells a timeout by these words.
std::string reason_of(const Error& error) {
  std::string reason = error.what();
  const bool told = reason.find("timed out") != std::string::npos;
  return error.fault() == Fault::timed_out && !told ? "timed out: " + reason : reason;
}

/// "off n2: "
std::string asked(const Environment& values) {
  const std::string& plug = values.get("plug").empty()
                                ? values.get(values.get("port").empty() ? "nodename" : "port")
                                : values.get("plug");
  return action_of(values) + (plug.empty() ? "" : " " + text::one_line(plug, kMostPlug)) + ": ";
}

Answer failure(const power::Chassis& chassis, const std::string& what, const std::string& reason) {
  const std::string line = text::one_line(what + reason, kMostReason);
  log::write_elsewhere(log::Level::error, line);
  return {kFailed, "", program_name(chassis) + ": " + line + "\n"};
}

}  // namespace

Answer run(const power::Chassis& chassis, const power::OpenClient& open,
           const CommandLine& command_line, const Invocation& invocation) {
  Input input;
  const Environment& values = input.values;
  configure_log(program_name(chassis), values, invocation.environment);
  std::string warnings;
  std::string what;  // nothing until the words are understood: nobody asked for a reboot by a typo
  Answer answer;
  try {
    input = invocation.arguments.empty()
                ? parse_input(invocation.standard_input())
                : Input{parse_arguments(command_line, invocation.arguments)};
    configure_log(program_name(chassis), values, invocation.environment);
    what = asked(values);
    if (auto text = description(chassis, values)) return {kDone, std::move(*text), ""};
    warnings = tell_unknown(chassis, input);
    answer = act(chassis, open, values, invocation);
  } catch (const Error& error) {
    answer = failure(chassis, what, reason_of(error));
  } catch (const std::exception& error) {
    answer = failure(chassis, what,
                     std::string("internal error: ") + error.what() + "; please report it");
  }
  answer.errors.insert(0, warnings);
  if (is_set(values, "quiet")) answer.errors.clear();
  return answer;
}

}  // namespace havc::fence
