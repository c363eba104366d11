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
  std::string id = {};                   ///< NAME_zone
  std::vector<std::string> pieces = {};  ///< none: it is not to be in the CIB
  /// The same with a value for every macro that there is: what is in it and not in `pieces` was
  /// dropped, and goes.
  std::vector<std::string> full = {};
  std::set<std::string> tags = {};
};

struct Additions {
  std::vector<VmPieces> vms = {};
  std::vector<std::string> cluster = {};
  /// Node's name → name → value: its capacity.
  std::map<std::string, std::map<std::string, std::string>> utilization = {};
};

struct Merge {
  std::string cib = {};  ///< the same bytes as before when nothing changes; else one epoch later
  /// By id of a resource, "" for the cluster's: what was put there by somebody else and stays
  /// ("meta failure-timeout=60"), or goes with a machine ("constraint 'cli-ban-…'").
  std::map<std::string, std::vector<std::string>> kept = {};
  std::map<std::string, std::vector<std::string>> gone = {};
  std::vector<Error> problems = {};  ///< what was not done for a reason; the rest was
};

/// Throws Error(unusable_here) when `cib` cannot be read.
Merge merge(const std::string& cib, const Additions& additions);

/// target-role=Stopped for each of `ids` that is there. Throws likewise.
Merge stopping(const std::string& cib, const std::set<std::string>& ids);

/// Without these resources, the constraints about them and their places in tags. What would break
/// something that somebody else made with others in it (a group, a set of several) is refused: it
/// is in `problems`, and that resource stays as it is. Throws likewise.
Merge removal_of(const std::string& cib, const std::set<std::string>& ids);

}  // namespace havc::change
