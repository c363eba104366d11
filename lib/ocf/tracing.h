// The trace of an action, where `crm resource trace` and resource agents have always put it.
#pragma once

#include <string>
#include <variant>

#include "base/environment.h"
#include "ocf/agent.h"

namespace havc::ocf {

/// Nothing, an open descriptor, or a file.
using TraceTarget = std::variant<std::monostate, int, std::string>;

/// What OCF_TRACE_RA, or parameter trace_ra, asks for: OCF_TRACE_FILE, which is a descriptor from 3 to 9 or an absolute path, else
/// (trace_dir or HA_VARLIB/trace_ra)/TYPE/INSTANCE.ACTION.`date`; for a person at a terminal, stderr.
TraceTarget trace_target(std::string_view agent, std::string_view action, const Environment& environment, bool terminal, const std::string& date);

/// Starts the trace, if one is wanted, with what the action is called with; values of names like "password" are hidden. A trace that cannot be is a
/// warning.
void begin_trace(const Agent& agent, std::string_view action, const Environment& environment);

}  // namespace havc::ocf
