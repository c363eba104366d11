// The simulator's command line.
#pragma once

#include "chassis/option_docs.h"
#include "chassis/script.h"
#include "chassis/snmp_access.h"

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
  std::vector<std::string> partitions;  ///< as in "3,4 each"
  std::vector<std::string> scenarios;   ///< NAME or NAME@BAY
  std::vector<std::string> lines;       ///< as for the control socket
  std::string script;                   ///< path of a file of such lines; empty: none
  std::string hook;                     ///< empty: none
  std::string control;                  ///< path of the control socket; empty: none
  bool until_eof = false;
};

/// Nothing: everything has been said (help or an error), and the program is to end with
/// `exit_code`.
std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_code);
std::vector<OptionDoc> option_docs();

/// The chassis that the options describe. Throws Error(misconfigured).
World make_world(const Options& options, Instant now);
/// What the options want to have happened before the first packet arrives. Throws Error.
void set_stage(const Options& options, Script& script, Instant now);

}  // namespace havc::chassis
