// What was read of one cluster, found by name: made once, asked for each of hundreds of virtual
// machines.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/configuration.h"
#include "cluster/status.h"

namespace havc::cluster {

/// Of utilization: Pacemaker takes what is no number for 0.
std::int64_t amount_of(std::string_view text);

/// Valid as long as both of what it is made of; the configuration may be nullptr, and is not known
/// then.
class Overview {
 public:
  Overview(const Status& status, const Configuration* configuration);

  const Status& status() const { return status_; }
  const Configuration* configuration() const { return configuration_; }

  /// Each of these is nullptr when there is none.
  const Resource* resource(std::string_view id) const;
  const Primitive* vm(std::string_view id) const;
  const Migration* migration(std::string_view id) const;
  const Migration* stranded(std::string_view id) const;
  /// What was done with it last, on any node, by the nodes' clocks; failed or not.
  const Deed* last_deed(std::string_view id) const;
  const Node* node(std::string_view name) const;
  /// The failure that crm_mon names last.
  const Failure* failure(std::string_view id) const;
  /// The greatest of all nodes.
  const FailCount* fail_count(std::string_view id) const;

  /// What a node has left of a kind ("host_memory") beside the virtual machines on it; a node that
  /// says nothing has nothing, as in Pacemaker.
  std::int64_t left(const std::string& node, const std::string& kind) const;

 private:
  template <class Entry>
  using Index = std::map<std::string_view, const Entry*>;

  const Status& status_;
  const Configuration* configuration_;
  Index<Resource> resources_ = {};
  Index<Primitive> vms_ = {};
  Index<Migration> migrations_ = {};
  Index<Migration> stranded_ = {};
  Index<Deed> last_deeds_ = {};
  Index<Node> nodes_ = {};
  Index<Failure> failures_ = {};
  Index<FailCount> fail_counts_ = {};
  std::map<std::string, std::map<std::string, std::int64_t>> left_ = {};

  void take_configuration();
};

}  // namespace havc::cluster
