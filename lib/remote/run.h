// The port to nodes: a program runs there, and what it said comes back. Who calls knows nothing of
// ssh; tests give a function of their own.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/process.h"

namespace havc::remote {

/// A node as it is reached.
struct Host {
  std::string name = {};     ///< as Pacemaker calls it; for messages
  std::string address = {};  ///< for ssh
  bool here = false;         ///< it is this machine: no ssh
  auto operator<=>(const Host&) const = default;
};

struct Command {
  std::vector<std::string> arguments = {};  ///< a program of the node and its arguments, no shell
  std::string input = {};                   ///< on its standard input
  /// Of each of its outputs, in bytes. What says more has failed: half a text is never an answer.
  std::size_t most_output = std::size_t{64} << 20;  // as the texts of a cluster (cluster/reading.h)
};

/// Runs it and waits for its end; an exit code other than 0 is an answer. Throws Error, each naming
/// the host: unreachable when the node was not reached, and not_installed when it has no such
/// program, where nothing was started for certain; timed_out at the deadline and failed when the
/// connection broke, where it is not known whether the program has done its work, or does so still;
/// failed when it said too much.
using Run = std::function<ProcessResult(const Host&, const Command&, Deadline)>;

}  // namespace havc::remote
