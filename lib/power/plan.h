// What an action on a host will be done to, settled before anything is changed: which bays of which
// chassis, who they are, and what else must be off with them. Made by lookup, carried out by power,
// shown by explain.
#pragma once

#include <string>
#include <vector>

#include "power/lookup.h"

namespace havc::power {

/// One bay that has to reach the goal.
struct Target {
  std::size_t link = 0;  ///< which chassis, in the order of the addresses
  Bay bay;               ///< as it was found: its number, name and UUID guard every command
};

struct Plan {
  std::string host;  ///< as it was asked for
  std::vector<Target> targets{};
  /// Several blades that are one system (HX5): soft off is known to misbehave there, so power goes
  /// at once, and every blade of the partition has to read off.
  bool scaled = false;
  /// The systems that the targets are: "partition 1 of complex 1 (bays 3, 4)".
  std::vector<std::string> systems{};
  /// What an administrator should know and the action does not change: "bay 3 is flashing".
  std::vector<std::string> notes{};
};

/// The bays of `plug`, as bays_of(), and all others of the partition that they are in. Blades that
/// are only known to be joined belong together when they have no name of their own, unless the map
/// says which bays the host has. Throws what bays_of() throws, and Error(misconfigured) when the
/// map gives a blade of the partition to another host.
Plan make_plan(const std::string& plug, const Survey& survey, const HostMap& map,
               Missing missing = Missing::refused);

}  // namespace havc::power
