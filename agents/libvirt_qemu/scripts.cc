#include "libvirt_qemu/scripts.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"
#include "base/worker.h"

namespace havc::libvirt_qemu {

using namespace std::chrono_literals;

std::optional<std::string> failing_script(const Options& options, const ocf::Call& call) {
  constexpr auto kKillTime = 500ms;
  constexpr std::size_t kLongestWords = 200;  // the reason is cut anyway; the log shows this
  for (const auto& script : text::split(options.monitor_scripts, " \t")) {
    try {
      const Deadline until = call.deadline.capped(options.monitor_script_timeout);
      // Starting a program of a file system that hangs holds the thread that does it.
      Worker starter("the file system of " + text::quote(script));
      const auto result = starter.run(
          [script, end = until.earlier_by(kKillTime)] { return run_process({script}, "", end); },
          until);
      if (result.exit_code == 0) continue;
      const std::string said = text::one_line(result.errors + " " + result.output, kLongestWords);
      return fmt::format("monitor script '{}' exits with {}: {}", script, result.exit_code, said);
    } catch (const Error& error) {
      return fmt::format("monitor script: {}", error.what());
    }
  }
  return {};
}

void await_scripts(const Options& options, const ocf::Call& call) {
  constexpr auto kTooLittle = 2s;  // to try again: the reason would be that a script was killed
  while (const auto failure = failing_script(options, call)) {
    if (call.deadline.remaining() < kTooLittle) {
      throw Error(Fault::timed_out, *failure, "look into the guest");
    }
    call.deadline.pause(1s);
  }
}

}  // namespace havc::libvirt_qemu
