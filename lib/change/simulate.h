// What Pacemaker itself says of a configuration before it has it: its own tools are run here, on
// texts. They ask no cluster and change nothing.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"

namespace havc::change {

/// What the scheduler would do with one resource.
struct Action {
  std::string resource = {};  ///< of a clone's instance with its number: "ping:1"
  std::string what = {};      ///< crm_simulate's word: "start", "migrate", "restart", …
  std::string from = {};      ///< the node it is on
  std::string to = {};        ///< where it goes; empty when it stays or stops
  std::string reason = {};    ///< may be empty
  bool blocked = false;       ///< Pacemaker would, and cannot without an administrator
  /// "moves n1 -> n2 (live)", "restarts on n1 (resource definition change)"
  std::string words() const;
};

struct Simulation {
  std::vector<Action> actions = {};
  std::set<std::string> active = {};    ///< resources that run before
  std::vector<std::string> nodes = {};  ///< "fence (reboot) n4: remote connection is unrecoverable"
};

/// Reads `crm_simulate --run --output-as=xml`. Throws Error(unusable_here) for anything else.
Simulation parse_simulation(std::string_view text);

/// Of a whole CIB, with its status. Throws Error(failed) with crm_simulate's words,
/// Error(unsupported) when the CIB is of a newer Pacemaker than the tools here,
/// Error(not_installed), Error(timed_out).
Simulation simulate(const std::string& cib, Deadline deadline);

/// The same, after operations had these results: "WEB-01_intranet_stop_0@n1=0".
Simulation simulate(const std::string& cib, const std::vector<std::string>& results,
                    Deadline deadline);

/// crm_verify's words for a CIB without status, each once; empty: it is valid. Throws as
/// simulate().
std::vector<std::string> verify(const std::string& configuration, Deadline deadline);

/// Domain definitions, path → XML, by libvirt's schema. One problem for each that is not valid.
/// Throws Error(not_installed) without xmllint or the schema, Error(timed_out).
std::vector<Error> check_definitions(const std::map<std::string, std::string>& definitions,
                                     Deadline deadline);

}  // namespace havc::change
