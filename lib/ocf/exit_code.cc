#include "ocf/exit_code.h"

#include <array>

namespace havc::ocf {

namespace {

struct Row {
  Fault fault;
  ExitCode change;   // also check
  ExitCode stop;
  ExitCode monitor;
};

// monitor: Pacemaker takes 5 from a probe as "stopped", and 2 to 4 as a ban of the node. None of them
// may come from doubt, so a monitor that cannot tell answers 1.
// stop: every failure fences; the code only colours the report.
// unusable_here is 5 as VirtualDomain and its test cases have it; OCF 1.1 would rather see 2. Pacemaker treats them alike.
constexpr std::array<Row, kFaultCount> kRows{{
    {Fault::misconfigured, ExitCode::misconfigured, ExitCode::misconfigured, ExitCode::misconfigured},
    {Fault::unusable_here, ExitCode::not_installed, ExitCode::generic, ExitCode::generic},
    {Fault::not_installed, ExitCode::not_installed, ExitCode::generic, ExitCode::generic},
    {Fault::permission, ExitCode::permission, ExitCode::permission, ExitCode::generic},
    {Fault::unsupported, ExitCode::unimplemented, ExitCode::generic, ExitCode::generic},
    {Fault::unreachable, ExitCode::generic, ExitCode::generic, ExitCode::generic},
    {Fault::timed_out, ExitCode::generic, ExitCode::generic, ExitCode::generic},
    {Fault::failed, ExitCode::generic, ExitCode::generic, ExitCode::generic},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].fault) != i) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

ExitCode exit_code(Fault fault, ActionKind kind) {
  const Row& row = kRows[static_cast<std::size_t>(fault)];
  switch (kind) {
    case ActionKind::stop:
      return row.stop;
    case ActionKind::monitor:
      return row.monitor;
    case ActionKind::info:
    case ActionKind::check:
    case ActionKind::change:
      break;
  }
  return row.change;
}

}  // namespace havc::ocf
