#include "ocf/run.h"

#include <unistd.h>

#include <optional>

#include "base/log.h"
#include "base/text.h"
#include "base/trace.h"
#include "base/watchdog.h"
#include "base/worker.h"
#include "ocf/log_sinks.h"
#include "ocf/metadata.h"
#include "ocf/tracing.h"

namespace havc::ocf {

using std::chrono::milliseconds;
using std::chrono::seconds;

milliseconds usable(milliseconds timeout) {
  const auto reserve = std::clamp(timeout / 20, milliseconds(seconds(1)), milliseconds(seconds(5)));
  return timeout - std::min(reserve, timeout / 2);
}

/// Cut in the middle: its beginning names the object, its end is the library's own words.
static std::string shortened(const std::string& line, std::size_t most) {
  constexpr std::string_view kGap = "...";
  if (line.size() <= most) return line;
  const std::size_t tail = (most - kGap.size()) / 2;
  return line.substr(0, most - kGap.size() - tail) + std::string(kGap) + line.substr(line.size() - tail);
}

std::string fitted(std::string_view cause, std::string_view remedy) {
  constexpr std::size_t kLongestRemedy = kLongestReason / 2;
  const std::string advice = remedy.empty() ? "" : "; " + text::one_line(remedy, kLongestRemedy);
  return shortened(text::one_line(cause, std::string::npos), kLongestReason - advice.size()) + advice;
}

namespace {

constexpr std::string_view kMeta = "OCF_RESKEY_CRM_meta_";

std::string meta(const Environment& environment, std::string_view name) {
  return environment.get(std::string(kMeta) + std::string(name));
}

milliseconds allowed(const ActionDoc& action, const Environment& environment) {
  const auto given = text::number(meta(environment, "timeout"), INT32_MAX);
  return given && *given > 0 ? milliseconds(*given) : milliseconds(action.timeout);
}

int check_level(const Environment& environment) {
  std::string level = environment.get("OCF_CHECK_LEVEL");
  if (level.empty()) level = environment.get("OCF_RESKEY_OCF_CHECK_LEVEL");
  return static_cast<int>(text::number(level, INT16_MAX).value_or(0));
}

/// Nothing when a cluster manager calls without saying for which resource.
std::optional<std::string> instance(const Environment& environment) {
  const std::string& name = environment.get("OCF_RESOURCE_INSTANCE");
  if (!name.empty()) return name;
  if (environment.has("OCF_RA_VERSION_MAJOR")) return {};
  return "default";  // run by hand
}

// Only on_node is as Pacemaker spells it; a node that is called differently from its host is told so.
std::string node(const Environment& environment) {
  std::string name = meta(environment, "on_node");
  return name.empty() ? host_name() : name;
}

// Also a recurring monitor of role=Stopped, which hopes for the same answer as a probe.
bool is_probe(const ActionDoc& action, const Environment& environment) {
  const std::string interval = meta(environment, "interval");
  const bool once = interval.empty() || interval == "0";
  return action.kind == ActionKind::monitor && (once || meta(environment, "op_target_rc") == "7");
}

std::optional<Answer> inform(const Agent& agent, std::string_view word) {
  if (word == "meta-data" || word == "metadata") return Answer{0, metadata(agent), {}, {}, {}};
  if (word == "usage" || word == "help" || word == "--help" || word == "-h" || word == "methods") {
    return Answer{0, usage(agent), {}, {}, {}};
  }
  return {};
}

Answer reasoned(ExitCode code, std::string_view cause, std::string_view remedy = {}) {
  std::string whole = text::one_line(cause, std::string::npos);
  if (!remedy.empty()) whole += "; " + text::one_line(remedy, std::string::npos);
  return {static_cast<int>(code), {}, {}, fitted(cause, remedy), std::move(whole)};
}

Answer act(const Agent& agent, const ActionDoc& action, const Invocation& invocation) {
  try {
    const Environment& environment = invocation.environment;
    const auto timeout = allowed(action, environment);
    const auto name = instance(environment);
    if (!name) return reasoned(ExitCode::arguments, "OCF_RESOURCE_INSTANCE is not set", "start the agent through Pacemaker");
    const Call call{action.name,
                    *name,
                    node(environment),
                    check_level(environment),
                    is_probe(action, environment),
                    timeout,
                    environment,
                    Deadline::after(invocation.clock, usable(timeout))};
    const Outcome outcome = agent.act(action, call);
    // That nothing runs is what a probe asks; to a recurring monitor it is a failure.
    const bool silent = outcome.code == ExitCode::success || (outcome.code == ExitCode::not_running && call.probe);
    if (silent) return reasoned(outcome.code, {});
    return reasoned(outcome.code, outcome.reason, outcome.remedy);
  } catch (const Error& error) {
    return reasoned(exit_code(error.fault(), action.kind), error.problem(), error.remedy());
  } catch (const std::exception& error) {
    return reasoned(ExitCode::generic, std::string("internal error, please report it: ") + error.what());
  }
}

}  // namespace

Answer answer(const Agent& agent, const Invocation& invocation) {
  if (invocation.arguments.empty()) return {static_cast<int>(ExitCode::arguments), {}, usage(agent), {}, {}};
  const std::string& word = invocation.arguments.front();
  if (auto information = inform(agent, word)) return std::move(*information);
  const ActionDoc* action = agent.find(word);
  if (action == nullptr) {
    return reasoned(ExitCode::unimplemented,
                    "unknown action " + text::quote(word), "'" + std::string(agent.doc.name) + " usage' lists them");
  }
  return act(agent, *action, invocation);
}

namespace {

std::string reason_line(const Environment& environment, const std::string& reason) {
  const std::string& prefix = environment.get("OCF_EXIT_REASON_PREFIX");
  return (prefix.empty() ? "ocf-exit-reason:" : prefix) + reason + "\n";
}

void print(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count < 0) return;  // nobody listens; the exit code is still heard
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

// Between the deadline of the work and Pacemaker's kill.
Watchdog guard(const Agent& agent, const Invocation& invocation) {
  const ActionDoc* action = invocation.arguments.empty() ? nullptr : agent.find(invocation.arguments.front());
  const auto timeout = action == nullptr ? milliseconds(seconds(20)) : allowed(*action, invocation.environment);
  const std::string name(action == nullptr ? "action" : action->name);
  const auto end = (timeout + usable(timeout)) / 2;
  return {Deadline::after(invocation.clock, end),
          reason_line(invocation.environment,
                      name + " did not finish in " + std::to_string(end.count() / 1000) +
                          " s; look for a hanging file system or libvirtd on this node"),
          static_cast<int>(ExitCode::generic), Watchdog::By::alarm};
}

}  // namespace

void run(const Agent& agent, int argc, char** argv) {
  settle_process();
  const Invocation invocation{{argv + 1, argv + argc}, Environment::of_process(), system_clock()};
  const std::string action = invocation.arguments.empty() ? "" : invocation.arguments.front();
  log::configure(log_sinks(agent.doc.name, action, invocation.environment, isatty(STDERR_FILENO) != 0));
  const Watchdog watchdog = guard(agent, invocation);
  const ActionDoc* const known = agent.find(action);
  if (known != nullptr && known->kind != ActionKind::info) begin_trace(agent, action, invocation.environment);
  const Answer result = answer(agent, invocation);
  print(STDOUT_FILENO, result.output);
  print(STDERR_FILENO, result.errors);
  trace::line(action + " ends with exit code " + std::to_string(result.exit_code));
  if (!result.reason.empty()) {
    const bool degraded = result.exit_code == static_cast<int>(ExitCode::degraded);
    const auto level = degraded ? log::Level::warning : log::Level::error;
    // Whole, because Pacemaker keeps the beginning alone. A tool that validates tells errors by their label.
    if (action == "validate-all") {
      log::write(level, result.whole);
    } else {
      log::write_elsewhere(level, result.whole);
    }
    print(STDERR_FILENO, reason_line(invocation.environment, result.reason));
  }
  log::hand_over();
  leave_process(result.exit_code);
}

}  // namespace havc::ocf
