// Files of the inventory as text: new ones, and one key of a file changed with everything else of
// it kept byte for byte. Nothing is written to disk here: callers read the result back (read.h),
// then put it there in one step (base/file.h).
#pragma once

#include <string>
#include <string_view>

#include "inventory/inventory.h"

namespace havc::inventory {

/// The file of a virtual machine, with the keys that do not follow from others, the zones or the
/// defaults, in the order of vm_keys(). Throws Error(misconfigured) as derive() does, and for what
/// a file cannot say: no email where [defaults] has one.
std::string vm_file(const Vm& vm, const Cluster& cluster);

/// cluster.toml, likewise.
std::string cluster_file(const Cluster& cluster);

/// A change as the command line has it.
struct KeyChange {
  enum class How {
    set,     ///< KEY=VALUE; of a list VALUE,VALUE; without value the key goes
    add,     ///< KEY+=VALUE: to a list
    remove,  ///< KEY-=VALUE: from a list
  };
  How how = How::set;
  std::string key = {};  ///< "memory", "metadata.owner"; of cluster.toml "defaults.email"
  std::string value = {};

  /// Throws Error(misconfigured) for a text without "=", or without key before it.
  static KeyChange parse(std::string_view text);
};

/// The text of vms/NAME.toml (`file`, for messages) with the change made. What is there already is
/// added, and what is not there removed, without a change. A new key comes after the one that
/// precedes it in vm_keys(); a key that goes takes its line along, with the comment at its end.
/// Throws Error(misconfigured) for a text that is not TOML, an unknown key, a value that its row
/// refuses, and for + and - of what is no list; Error(failed) when more than the key would change.
std::string with_change(std::string_view text, const std::string& file, const KeyChange& change);

/// The same of cluster.toml: "ping_hosts", "defaults.email", "templates.domain",
/// "zones.dmz.vlan", "nodes.node1.memory", "chassis.chassis1.address".
std::string with_cluster_change(std::string_view text, const std::string& file,
                                const KeyChange& change);

}  // namespace havc::inventory
