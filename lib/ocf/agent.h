// A resource agent as data: what it is called, its parameters, its actions. Meta-data, usage and dispatch walk it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/environment.h"
#include "ocf/exit_code.h"
#include "options/parse.h"

namespace havc::ocf {

struct ActionDoc {
  std::string_view name;
  ActionKind kind;
  /// Advertised, and the deadline of an action that is run by hand.
  std::chrono::seconds timeout;
  std::chrono::seconds interval{0};
  int depth = -1;  ///< OCF_CHECK_LEVEL of a monitor; negative: not advertised
};

struct AgentDoc {
  std::string_view name;
  std::string_view version;
  std::string_view shortdesc;
  std::string_view longdesc;
};

/// What an action is told besides its parameters (OCF 1.1 and Pacemaker's CRM_meta variables).
struct Call {
  std::string_view action;
  std::string instance;  ///< OCF_RESOURCE_INSTANCE, or "default" when run by hand
  std::string node;      ///< this node's name for Pacemaker
  int check_level = 0;
  bool probe = false;  ///< a monitor that is not recurring, or that expects a stopped resource
  std::chrono::milliseconds timeout{0};  ///< what Pacemaker allows; the deadline is a little sooner
  const Environment& environment;
  Deadline deadline;
};

struct Outcome {
  ExitCode code = ExitCode::success;
  std::string reason = {};  ///< for a code that is not success, and not what a probe hopes for: "not running"
  std::string remedy = {};  ///< what to do, if that is known
};

struct Agent {
  AgentDoc doc;
  std::vector<ActionDoc> actions;
  std::vector<options::ParameterRow> parameters;
  /// Parses the parameters as strictly as the action needs and runs it. Throws Error.
  std::function<Outcome(const ActionDoc& action, const Call& call)> act;

  /// Nothing when there is no such action.
  const ActionDoc* find(std::string_view action) const;
};

/// Parameters under OCF_RESKEY_. Actions that change nothing for the worse refuse every bad row; stop, monitor and migrate_from refuse bad identity rows
/// alone and warn about the others, whose defaults they use.
template <class Options, class Table>
Options parse_parameters(const Table& table, const ActionDoc& action, const Environment& environment) {
  auto parsed = options::parse<Options>(table, environment, "OCF_RESKEY_");
  settle(parsed.problems, action, options::rows_of(table), environment);
  return std::move(parsed.options);
}

/// Refuses, or warns about, what parse found; part of parse_parameters.
void settle(const std::vector<options::Problem>& problems, const ActionDoc& action,
            const std::vector<options::ParameterRow>& rows, const Environment& environment);

}  // namespace havc::ocf
