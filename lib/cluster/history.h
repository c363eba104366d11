// What the CIB's history of operations says that crm_mon does not: where a virtual machine is
// going, and how it came where it is. For this module alone.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cluster/configuration.h"
#include "xml/document.h"

namespace havc::cluster {

struct History {
  /// Begun, did not fail, and the source was neither stopped nor used again since.
  std::vector<Migration> migrations = {};
  /// Ended well on the source, and the target's history is older than that.
  std::vector<Migration> stranded = {};
  std::set<std::string> probed = {};  ///< a probe has begun on some node, and has not ended
  std::vector<Deed> deeds = {};
};

/// Of `vms`. Times of different nodes are compared: a target whose clock is late looks as if
/// nothing were heard of it.
class HistoryReader {
 public:
  explicit HistoryReader(const std::vector<Primitive>& vms);
  /// What one node says: a <node_state>.
  void read(const xml::Element& state);
  History result();

 private:
  struct Departure {
    Migration migration;
    std::uint64_t time;
  };
  std::set<std::string> vms_;
  History history_ = {};
  std::vector<Departure> departures_ = {};
  std::map<std::pair<std::string, std::string>, std::uint64_t> heard_ = {};  ///< VM and node → last

  void read(const std::string& node, const std::string& vm, const xml::Element& resource);
};

}  // namespace havc::cluster
