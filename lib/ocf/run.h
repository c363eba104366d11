// The funnel: from an invocation to exit code, output and one reason. Everything an agent throws ends here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "ocf/agent.h"

namespace havc::ocf {

struct Invocation {
  std::vector<std::string> arguments;  ///< without the program's name; all but the first are ignored, as OCF 1.1 wants it
  Environment environment;
  Clock& clock;
};

struct Answer {
  int exit_code = 0;
  std::string output;  ///< for standard output
  std::string errors;  ///< for standard error, before the reason: usage after a wrong call
  std::string reason;  ///< one line without prefix, or empty
  std::string whole;   ///< the reason before it was fitted into kLongestReason, for logs
};

/// Pacemaker keeps this much of a reason (before 3.0.2).
inline constexpr std::size_t kLongestReason = 128;

/// One line of ASCII, cause first, within kLongestReason: what is too much is taken from the middle of the cause. A remedy keeps its first 64 bytes.
std::string fitted(std::string_view cause, std::string_view remedy);

/// What remains of `timeout` for the work: the rest is for saying how it ended, because Pacemaker kills without warning.
/// 5 %, at least 1 s, at most 5 s, never more than half.
std::chrono::milliseconds usable(std::chrono::milliseconds timeout);

/// Decides and acts; prints nothing.
Answer answer(const Agent& agent, const Invocation& invocation);

/// The whole of a main(): settles the process, configures the log, arms the watchdog, answers, prints, and ends the process
/// without waiting for abandoned threads.
[[noreturn]] void run(const Agent& agent, int argc, char** argv);

}  // namespace havc::ocf
