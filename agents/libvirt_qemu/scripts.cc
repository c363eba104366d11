#include "libvirt_qemu/scripts.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"
#include "base/worker.h"

namespace havc::libvirt_qemu {

using namespace std::chrono_literals;

namespace {

std::string words_of(const ProcessResult& result) {
  const std::string said = result.words();
  return said.empty() ? said : ": " + said;
}

/// Nothing when the program exits with 0, else how it failed and what it said. Throws Error(not_installed), Error(timed_out) when its
/// file system hangs.
std::optional<std::string> objection(const std::vector<std::string>& command, Deadline until) {
  constexpr auto kKillTime = 500ms;
  try {
    // Starting a program of a file system that hangs holds the thread that does it.
    const auto result = file_system_of(command[0]).run([command, end = until.earlier_by(kKillTime)] { return run_process(command, "", end); }, until);
    if (result.exit_code == 0) return {};
    return fmt::format("{} exits with {}{}", text::quote(command[0]), result.exit_code, words_of(result));
  } catch (const ProcessTimeout& timeout) {
    return timeout.problem() + words_of(timeout.so_far());
  }
}

/// A function, so that the list of all reasons (tests/golden/reasons.txt) has it.
std::string why_not_run(const Error& error) {
  return fmt::format("monitor script: {}", error.what());
}

}  // namespace

std::optional<Objection> failing_script(const Options& options, const ocf::Call& call) {
  std::optional<Objection> not_asked;
  for (const auto& script : text::split(options.monitor_scripts, " \t")) {
    try {
      const auto failure = objection({script}, call.deadline.capped(options.monitor_script_timeout));
      if (failure) return Objection{"monitor script " + *failure};
    } catch (const Error& error) {
      Objection found{why_not_run(error), error.fault() != Fault::timed_out};
      if (found.asked) return found;
      if (!not_asked) not_asked = std::move(found);
    }
  }
  return not_asked;
}

void await_scripts(const Options& options, const ocf::Call& call) {
  constexpr auto kTooLittle = 2s;  // to try again: the reason would be that a script was killed
  while (const auto failure = failing_script(options, call)) {
    if (call.deadline.remaining() < kTooLittle) {
      throw Error(Fault::timed_out, failure->reason, "look into the guest");
    }
    call.deadline.pause(1s);
  }
}

void ask_hook(std::string_view name, const std::string& program, std::vector<std::string> arguments, Deadline deadline) {
  if (program.empty()) return;
  arguments.insert(arguments.begin(), program);
  std::optional<std::string> refusal;
  try {
    refusal = objection(arguments, deadline.capped(deadline.remaining() / 2));
  } catch (const Error& error) {
    throw Error(Fault::failed, fmt::format("{}: {}", name, error.problem()), error.remedy());
  }
  if (refusal) throw Error(Fault::failed, fmt::format("{} {}", name, *refusal));
}

}  // namespace havc::libvirt_qemu
