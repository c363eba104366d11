// The front of the fence agents: `name=value` lines or options in, exit code and one line of reason
// out. The contract is FenceAgentAPI.md of fence-agents and Pacemaker's fenced.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/environment.h"
#include "fence/input.h"
#include "power/chassis.h"
#include "power/device.h"

namespace havc::fence {

/// What an agent was called with. Tests hold one of their own.
struct Invocation {
  std::vector<std::string> arguments;           ///< without the program's name
  std::function<std::string()> standard_input;  ///< all of it; asked for without arguments alone
  Environment environment;                      ///< for logging alone
  Clock& clock;
  bool watchdog = false;  ///< ends the process shortly after the deadline
};

struct Answer {
  int exit_code = 0;
  std::string output;  ///< data alone: success is silent
  std::string errors;  ///< lines with the reasons alone: fenced shows every line of it
};

/// Decides and acts; prints nothing but, when it is told to be verbose, log lines.
Answer run(const power::Chassis& chassis, const power::OpenClient& open,
           const CommandLine& command_line, const Invocation& invocation);

}  // namespace havc::fence
