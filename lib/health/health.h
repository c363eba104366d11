// What is wrong with a cluster right now: pure, over what its nodes say of themselves, what
// Pacemaker says and what the inventory wants. What is configured against the rules is lint's.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cluster/configuration.h"
#include "cluster/status.h"
#include "health/finding.h"
#include "inventory/inventory.h"
#include "node/report.h"

namespace havc::health {

/// How far a node's clock is from the asker's, in NTP's way, and how far that may be off.
struct ClockOffset {
  std::chrono::nanoseconds offset{0};
  std::chrono::nanoseconds doubt{0};
};

/// Of the asker's calendar before and after, and the node's own two times.
ClockOffset offset_of(std::int64_t sent, std::int64_t received, const node::Report& report);

struct NodeSeen {
  std::string name = {};
  std::optional<node::Report> report = {};
  std::string silence = {};  ///< why there is no report
  std::string another = {};  ///< the node that answered in its place
  std::optional<ClockOffset> clock = {};
};

struct Situation {
  std::vector<NodeSeen> nodes = {};
  const cluster::Status* status = nullptr;  ///< nullptr: no node has told
  const cluster::Configuration* configuration = nullptr;
  std::string cluster_silence = {};                 ///< why not
  const inventory::Inventory* inventory = nullptr;  ///< nullptr: there is none that can be used
  /// Files that belong below node::kDomainFolder and their SHA-256; none: not known.
  std::optional<std::map<std::string, std::string>> definitions = {};
  std::vector<std::string> kvm_guests = {};  ///< whose definitions ask for KVM
};

struct Health {
  std::vector<Finding> findings = {};    ///< worst first
  std::vector<std::string> doubts = {};  ///< "n1: libvirt: timed out": what could not be looked at
};

/// Never throws Error.
Health health(const Situation& situation);

/// All there are, sorted by code; none is lint's, too.
std::vector<Rule> health_rules();

/// What a domain needs of every node it may come to.
struct Needs {
  bool kvm = false;
  std::vector<std::string> bridges = {};  ///< the kernel's, not Open vSwitch's
};

/// Throws Error(unusable_here) for what is no domain.
Needs needs_of(const std::string& domain_xml);

}  // namespace havc::health
