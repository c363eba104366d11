// havc health: what works right now, on every node and in the cluster, for people and for
// monitoring systems.

#include "health/health.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <ostream>
#include <set>
#include <vector>

#include "base/calendar.h"
#include "base/text.h"
#include "havc/call.h"
#include "havc/commands.h"
#include "havc/findings.h"
#include "havc/reach.h"
#include "inventory/render.h"
#include "node/ask.h"
#include "node/sha256.h"
#include "remote/everywhere.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {
    kVmsFound,
    {"--node", "NODE", "Look at this node alone; may be given several times", Takes::many},
    kOnlyOption,
    kIgnoreOption,
    {"--no-fencing", "", "Do not try fence devices, which reaches out to them"},
    kListOption,
};

constexpr Example kExamples[] = {
    {"All nodes, the cluster and its guests:", "havc health"},
    {"For a monitoring system:", "havc health --no-headers --timeout 8"},
    {"One node before it takes guests again:", "havc health --node node3"},
    {"What is wrong with some VMs:", "havc health 'WEB-*'"},
};

/// What was found out, and what health() is given of it.
class Looking {
 public:
  explicit Looking(Call& call) : call_(call), reach_(call) {}

  const health::Situation& look() {
    take_inventory();
    take_cluster();
    take_nodes();
    return situation_;
  }
  const std::vector<std::string>& problems() const { return problems_; }
  const std::vector<cluster::Primitive>& known() const { return asked_.configuration.vms; }

 private:
  void take_inventory() {
    const auto& reading = call_.reading();
    if (!reading.problems.empty()) {
      problems_.push_back(reading.problems.front().problem() + "; see 'havc check'");
      return;
    }
    situation_.inventory = &reading.inventory;
    std::map<std::string, std::string> definitions;
    auto templates = call_.templates();
    for (const auto& vm : reading.inventory.vms) {
      try {
        const auto xml = inventory::domain_xml(vm, reading.inventory.cluster, templates);
        definitions[vm.identity.fqn + ".xml"] = node::sha256(xml);
        const auto needs = health::needs_of(xml);
        if (needs.kvm)
          situation_.kvm_guests.insert(situation_.kvm_guests.end(), vm.identity.fqn);
        bridges_.insert(needs.bridges.begin(), needs.bridges.end());
      } catch (const Error& error) {
        problems_.push_back(vm.identity.fqn + ": " + error.what());
        return;
      }
    }
    situation_.definitions = std::move(definitions);
  }

  void take_cluster() {
    try {
      asked_ = reach_.ask();
      situation_.status = &asked_.status;
      situation_.configuration = &asked_.configuration;
    } catch (const Error& error) {
      // Four nodes' silence is told with line ends.
      constexpr std::size_t kMost = 400;
      situation_.cluster_silence = text::one_line(error.what(), kMost);
    }
  }

  std::vector<remote::Host> hosts() const {
    const auto wanted = call_.texts("--node");
    if (!wanted.empty()) {
      std::vector<remote::Host> some;
      some.reserve(wanted.size());
      for (const auto& name : wanted) some.push_back(reach_.node(name));
      return some;
    }
    if (!reach_.nodes().empty() || !situation_.status) return reach_.nodes();
    std::vector<remote::Host> members;
    for (const auto& node : situation_.status->nodes) members.push_back(reach_.node(node.name));
    return members;
  }

  node::Question question(std::chrono::milliseconds limit) const {
    node::Question question{.limit = limit,
                            .machine = true,
                            .services = true,
                            .corosync = true,
                            .libvirt = true,
                            .files = true};
    if (!situation_.inventory) return question;
    const auto& cluster = situation_.inventory->cluster;
    std::set<std::string> folders;
    for (const auto& zone : cluster.zones) {
      for (const auto& folder : zone.folders) folders.insert(folder.text);
    }
    question.folders.assign(folders.begin(), folders.end());
    question.bridges.assign(bridges_.begin(), bridges_.end());
    for (const auto& node : cluster.nodes) question.names.push_back(node.name.text);
    return question;
  }

  /// A device is tried where it runs; who could fence whom, one node is asked.
  void add_fencing(const remote::Host& host, bool first, node::Question& question) const {
    if (call_.flag("--no-fencing") || !situation_.status) return;
    const auto holds = [&](const std::vector<std::string>& nodes) {
      return !nodes.empty() && nodes.front() == host.name;
    };
    for (const auto& resource : situation_.status->resources) {
      if (resource.agent.starts_with("stonith:") && holds(resource.nodes)) {
        question.fence_devices.push_back(resource.id);
      }
    }
    if (!first) return;
    for (const auto& node : situation_.status->nodes) {
      if (node.type == cluster::NodeType::member) question.fence_targets.push_back(node.name);
    }
  }

  std::vector<remote::Errand> errands(const std::vector<remote::Host>& hosts) const {
    constexpr std::chrono::seconds kOnTheWay(1);  // there and back, through a cold connection
    constexpr std::chrono::milliseconds kLeast(500);
    const auto left = call_.deadline().remaining_ms();
    const auto asked = question(std::max<std::chrono::milliseconds>(kLeast, left - kOnTheWay));
    std::vector<remote::Errand> errands;
    for (const auto& host : hosts) {
      node::Question own = asked;
      add_fencing(host, host.name == first_online(hosts), own);
      errands.push_back({host, node::command_of(own)});
    }
    return errands;
  }

  std::string first_online(const std::vector<remote::Host>& hosts) const {
    for (const auto& host : hosts) {
      const auto* node = situation_.status ? situation_.status->node(host.name) : nullptr;
      if (node && node->online && node->type == cluster::NodeType::member) return host.name;
    }
    return {};
  }

  struct Moments {
    std::int64_t sent = 0;
    std::int64_t received = 0;
  };

  void take_nodes() {
    const auto all = hosts();
    std::map<std::string, Moments> moments;
    std::mutex guard;
    const remote::Run run = reach_.run();
    const remote::Run timed = [&](const remote::Host& host, const remote::Command& command,
                                  Deadline deadline) {
      const std::int64_t sent = calendar_nanoseconds();
      auto result = run(host, command, deadline);
      const std::lock_guard lock(guard);
      moments[host.name] = {sent, calendar_nanoseconds()};
      return result;
    };
    std::size_t come = 0;
    const auto progress = [&](const remote::Errand&, const remote::Answer&) {
      ++come;
      if (!call_.on_terminal()) return;
      call_.err() << fmt::format("\r{} of {} nodes", come, all.size()) << std::flush;
    };
    const auto answers = remote::everywhere(timed, errands(all), progress, call_.deadline());
    if (call_.on_terminal()) call_.err() << "\r\033[K" << std::flush;
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto [host, report, trouble, another] = node::report_of(all[i], answers[i]);
      health::NodeSeen seen{
          .name = host.name, .report = std::move(report), .another = std::move(another)};
      if (trouble) seen.silence = trouble->problem();
      const auto moment = moments.find(seen.name);
      if (seen.report && moment != moments.end()) {
        seen.clock = health::offset_of(moment->second.sent, moment->second.received, *seen.report);
      }
      situation_.nodes.push_back(std::move(seen));
    }
  }

  Call& call_;
  Reach reach_;
  cluster::Asked asked_ = {};
  std::set<std::string> bridges_ = {};  ///< of the guests' definitions: a zone may have none yet
  health::Situation situation_ = {};
  std::vector<std::string> problems_ = {};
};

Looked look(Call& call) {
  Looking looking(call);
  auto health = health::health(looking.look());
  std::vector<std::string> missed = looking.problems();
  missed.insert(missed.end(), health.doubts.begin(), health.doubts.end());
  keep_meant(call, looking.known(), health.findings);
  return {std::move(health.findings), std::move(missed)};
}

int health_of(Call& call) {
  return tell_findings(call, "havc.health/1", health::health_rules(), look);
}

}  // namespace

const Command kHealth{
    .name = "health",
    .group = Group::check,
    .summary = "Look whether everything works right now",
    .description =
        "Asks the cluster, and all nodes at the same time: storage that really answers, bridges "
        "and VLANs, libvirt, KVM, hugepages, clocks, names, corosync's links and quorum device, "
        "fence devices and whom they know, CPUs and versions, the definitions on every node, "
        "guests that fail, wait, stand still or run twice. Changes nothing. 'havc lint' looks at "
        "what is configured.\n\n"
        "Everything has its limit: a mount that hangs, a node that is off or a fence device "
        "that does not answer is found, and holds nobody. --timeout is for all of it.\n\n"
        "Each thing found has a code, which never changes; 'havc health --list' tells all of "
        "them. Fence devices are tried where they run; Pacemaker's fencer takes a list that works "
        "for a device that works.",
    .options = kOptions,
    .examples = kExamples,
    .columns = kFindingColumns,
    .exit_status = kFindingExitStatus,
    .run = health_of,
};

}  // namespace havc::cli
