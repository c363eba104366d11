// What Pacemaker is told: the exit codes of the OCF resource agent API 1.1, and which fault becomes which of them.
#pragma once

#include "base/error.h"

namespace havc::ocf {

/// OCF resource agent API 1.1, "return codes". 190 is from the same standard: running, with trouble ahead.
enum class ExitCode {
  success = 0,
  generic = 1,
  arguments = 2,
  unimplemented = 3,
  permission = 4,
  not_installed = 5,
  misconfigured = 6,
  not_running = 7,
  degraded = 190,
};

/// What an action is for, as far as the meaning of a failure depends on it.
enum class ActionKind {
  info,     ///< meta-data, usage: cannot fail
  check,    ///< validate-all, reload-agent
  change,   ///< start, migrate_to, migrate_from
  stop,     ///< any failure fences the node
  monitor,  ///< a probe, too: some codes would count as "stopped"
};

ExitCode exit_code(Fault fault, ActionKind kind);

}  // namespace havc::ocf
