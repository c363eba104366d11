// The simulator's command line.
#pragma once

#include "chassis/snmp_agent.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace havc::chassis {

struct Options {
  Module module;
  Access access;
  std::string listen = "udp:127.0.0.1:0";
  int bays = 14;
  std::vector<std::string> bay_texts;  ///< N=LABEL[,KEY=VALUE…]
  std::chrono::milliseconds latency{500};
  std::string hook;     ///< empty: none
  std::string control;  ///< path of the control socket; empty: none
  bool until_eof = false;
};

/// Nothing: everything has been said (help or an error), and the program is to end with
/// `exit_code`.
std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_code);

/// The chassis that the options describe. Throws Error(misconfigured).
Chassis make_chassis(const Options& options);

}  // namespace havc::chassis
