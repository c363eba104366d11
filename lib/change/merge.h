// The inventory's pieces come into a CIB, and machines go out of it. Pure: texts in, a text out.
// What is whose, and why: DESIGN.md.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"

namespace havc::change {

/// What the inventory says of one machine, as inventory::cib_pieces makes it.
struct VmPieces {
  std::string id = {};  ///< NAME_zone
  std::vector<std::string> pieces = {};
  /// The same with a value for every macro: what is in it and not in `pieces` was dropped, and
  /// goes.
  std::vector<std::string> full = {};
  std::set<std::string> tags = {};
};

struct Request {
  std::vector<VmPieces> vms = {};
  std::vector<std::string> cluster = {};  ///< pieces of the cluster itself
  /// Node's name → name → value: its capacity.
  std::map<std::string, std::map<std::string, std::string>> utilization = {};
  std::set<std::string> stop = {};  ///< get target-role=Stopped
  /// Go, with constraints about them and their places in tags. What would break something that
  /// somebody else made with others in it (a group, a set of several) is refused, and stays whole.
  std::set<std::string> remove = {};
};

/// What was done with one machine, or with the rest of the configuration.
struct Account {
  bool added = false;
  std::vector<std::string> changed = {};  ///< "memory 1024 -> 2048 MiB", "prefers n1 -> n2"
  std::vector<std::string> kept = {};     ///< of somebody else's: "meta failure-timeout=60"
};

struct Merge {
  std::string cib = {};  ///< the same bytes as before when nothing changes; else one epoch later
  std::string configuration = {};           ///< the same without its status
  std::map<std::string, Account> vms = {};  ///< every one of the request that is or was there
  Account cluster = {};
  std::vector<std::string> notes = {};  ///< what is odd, and stands in the way of nothing
  std::vector<Error> problems = {};     ///< what was refused; of others, all was done
};

/// `source` is where the CIB is from, for messages. Throws Error(unusable_here) when it cannot be
/// read; of what is wrong with pieces, Error goes into `problems`.
Merge merge(const std::string& cib, const std::string& source, const Request& request);

/// Takes out what has stopped: the second change.
Merge removal_of(const std::string& cib, const std::set<std::string>& ids);

}  // namespace havc::change
