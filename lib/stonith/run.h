// The front of the external/ plugins of cluster-glue: words and environment in, exit code and one
// line of reason out. The contract is lib/plugins/stonith/external.c there and Pacemaker's
// fence_legacy.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/environment.h"
#include "power/chassis.h"
#include "power/device.h"

namespace havc::stonith {

/// What can be asked of a plugin, for its manual.
struct ActionDoc {
  std::string_view call;  ///< "off HOST"
  std::string_view text;
};
std::vector<ActionDoc> action_docs();

/// What a plugin was called with. Tests hold one of their own.
struct Invocation {
  std::vector<std::string> arguments;  ///< without the program's name
  Environment environment;
  Clock& clock;
  std::ostream& out;      ///< data alone; libstonith parses it. Who really writes it sees failures
  std::ostream& err;      ///< the reason alone; fenced shows every line of it
  bool watchdog = false;  ///< ends the process shortly after the deadline
};

/// 0 when what was asked has been done and read back; 1 otherwise, with one line on `err`.
int run(const power::Chassis& chassis, const power::OpenClient& open, const Invocation& invocation);

/// run() for main(): settles the process, and does not return.
[[noreturn]] void main_of(const power::Chassis& chassis, const power::OpenClient& open, int count,
                          char** words);

}  // namespace havc::stonith
