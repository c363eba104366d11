// What a node is asked, on its way over a connection: standard input of `havc node report`.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace havc::node {

inline constexpr std::string_view kQuestionSchema = "havc.question/1";

/// What is asked for is looked at; all else of the report stays "not asked".
struct Question {
  /// For the whole report: what has not answered by then is not known.
  std::chrono::milliseconds limit{2000};

  bool name = false;      ///< what its cluster calls it
  bool machine = false;   ///< CPU, memory, hugepages, KVM, clock
  bool services = false;  ///< systemd's units and versions of packages
  bool corosync = false;  ///< links and quorum device
  bool libvirt = false;   ///< with its domains
  /// Domains whose migration away from here is asked for, with `libvirt`: by name. Their QEMU is
  /// asked, which the list of domains is not: name those that migrate.
  std::vector<std::string> jobs = {};
  bool files = false;     ///< what havc keeps on the node, by hash
  std::vector<std::string> folders = {};
  std::vector<std::string> bridges = {};
  std::vector<std::string> names = {};   ///< to be resolved
  std::vector<std::string> images = {};  ///< paths
  /// Fence devices to be tried: of this node's own alone, because a fencer says of others that all
  /// is well. It reaches out to them: give more time.
  std::vector<std::string> fence_devices = {};
  std::vector<std::string> fence_targets = {};  ///< nodes; who could fence them

  /// Where libvirt listens.
  std::string uri = "qemu:///system";
};

std::string to_json(const Question& question);

/// `source` is for messages. Throws Error(unusable_here) for what is no question, or of another
/// schema; `limit` is cut to between 100 ms and 10 minutes.
Question parse_question(std::string_view text, const std::string& source);

/// How a node is asked: the arguments of `havc` there.
inline constexpr std::string_view kReportCommand[] = {"havc", "node", "report"};

}  // namespace havc::node
