// What an action on a host will be done to, settled before anything is changed: which bays of which
// chassis, who they are, and what else must be off with them. Made by lookup, carried out by power,
// shown by explain.
#pragma once

#include <string>
#include <vector>

#include "power/bay.h"

namespace havc::power {

/// One bay that has to reach the goal.
struct Target {
  std::size_t link = 0;  ///< which chassis, in the order of the addresses
  Bay bay;               ///< as it was found: its number, name and UUID guard every command
};

struct Plan {
  std::string host;  ///< as it was asked for
  std::vector<Target> targets;
  /// Several blades that are one system (HX5): soft off is known to misbehave there, so power goes
  /// at once, and every blade of the partition has to read off.
  bool scaled = false;
  /// What an administrator should know and the action does not change: "bay 3 is flashing".
  std::vector<std::string> notes;
};

}  // namespace havc::power
