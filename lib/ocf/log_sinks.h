// Where an agent's log lines go: the environment variables by which Pacemaker and resource agents have always agreed on it.
#pragma once

#include <string>
#include <string_view>

#include "base/environment.h"
#include "base/log.h"

namespace havc::ocf {

/// `terminal`: stderr is one. Then lines go there alone. Else to syslog (HA_LOGFACILITY), files (HA_LOGFILE, HA_DEBUGLOG), ha_logger (HA_LOGD, when it is installed;
/// the others get the lines as well, because nobody waits to learn whether it took them), and to stderr when nothing but ha_logger is configured.
/// validate-all always says what it finds on stderr, for the tool that runs it. Looks for ha_logger in PATH alone, and for nothing else.
log::Sinks log_sinks(std::string_view agent, std::string_view action, const Environment& environment, bool terminal);

}  // namespace havc::ocf
