#include "health/health.h"

#include "base/text.h"
#include "health/health_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace havc::health {

namespace {

constexpr std::array kTables{machine_rules,  network_rules,   storage_rules,
                             sameness_rules, pacemaker_rules, guest_rules};

template <class T>
void doubt(const std::string& node, const char* what, const node::Answer<T>& answer,
           std::vector<std::string>& doubts) {
  if (answer.doubtful()) doubts.push_back(fmt::format("{}: {}: {}", node, what, answer.unknown));
}

/// A name server that hangs leaves every name open, for one reason.
void doubt_names(const std::string& node, const std::vector<node::Name>& names,
                 std::vector<std::string>& doubts) {
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const auto& name : names) {
    if (name.addresses.doubtful()) by_reason[name.addresses.unknown].push_back(name.name);
  }
  for (const auto& [reason, open] : by_reason) {
    doubts.push_back(fmt::format("{}: the address of {}: {}", node, some_of(open), reason));
  }
}

// What rules find by themselves when it is not known (a mount, libvirt, corosync) is not here.
void doubts_of(const std::string& node, const node::Report& report,
               std::vector<std::string>& doubts) {
  doubt(node, "memory", report.memory, doubts);
  doubt(node, "hugepages", report.hugepages, doubts);
  doubt(node, "CPU", report.cpu_model, doubts);
  doubt(node, "KVM", report.kvm, doubts);
  doubt(node, "clock", report.synchronised, doubts);
  doubt(node, "bridges", report.bridges, doubts);
  doubt(node, "services", report.services, doubts);
  doubt(node, "packages", report.packages, doubts);
  doubt(node, "quorum device", report.quorum_device, doubts);
  doubt(node, node::kDomainFolder, report.domains, doubts);
  doubt(node, node::kInventoryFolder, report.inventory, doubts);
  doubt_names(node, report.names, doubts);
  if (!report.fencing.known()) return doubt(node, "fencing", report.fencing, doubts);
  for (const auto& target : report.fencing->targets) {
    doubt(node, ("who can fence " + text::quote(target.node)).c_str(), target.devices, doubts);
  }
}

}  // namespace

ClockOffset offset_of(std::int64_t sent, std::int64_t received, const node::Report& report) {
  using std::chrono::nanoseconds;
  const std::int64_t offset = ((report.began - sent) + (report.ended - received)) / 2;
  const std::int64_t delay = (received - sent) - (report.ended - report.began);
  return {nanoseconds(offset), nanoseconds(std::max<std::int64_t>(delay, 0) / 2)};
}

bool offline(const Situation& situation, const std::string& node) {
  const cluster::Node* known = situation.status ? situation.status->node(node) : nullptr;
  return known && !known->online && !known->unclean;
}

void tell_odd_ones(const std::map<std::string, std::string>& values, const std::string& what,
                   const Tell& tell) {
  std::map<std::string, int> counts;
  for (const auto& [node, value] : values) ++counts[value];
  if (counts.size() < 2) return;
  const auto usual =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
        return std::tie(a.second, a.first) < std::tie(b.second, b.first);
      });
  for (const auto& [node, value] : values) {
    if (value == usual->first) continue;
    tell(node, fmt::format("{} is {}, on {} node{} {}", what, text::quote(value), usual->second,
                           usual->second == 1 ? "" : "s", text::quote(usual->first)));
  }
}

Needs needs_of(const std::string& domain_xml) {
  const domain::Devices devices = domain::parse_devices(domain_xml, "the definition");
  Needs needs{.kvm = devices.type == "kvm"};
  for (const auto& interface : devices.interfaces) {
    if (!interface.bridge.empty() && !interface.virtual_port) {
      needs.bridges.push_back(interface.bridge);
    }
  }
  return needs;
}

Health health(const Situation& situation) {
  Health health;
  for (const auto table : kTables) {
    for (const HealthRule& rule : table()) {
      rule.check(situation, Tell(rule.rule, health.findings));
    }
  }
  sort(health.findings);
  for (const NodeSeen& seen : situation.nodes) {
    if (seen.report) {
      doubts_of(seen.name, *seen.report, health.doubts);
    } else if (!offline(situation, seen.name)) {
      health.doubts.push_back(seen.name + ": " + seen.silence);
    }
  }
  if (!situation.status) health.doubts.push_back("the cluster: " + situation.cluster_silence);
  return health;
}

std::vector<Rule> health_rules() {
  std::vector<Rule> rules;
  for (const auto table : kTables) {
    for (const HealthRule& rule : table()) rules.push_back(rule.rule);
  }
  std::sort(rules.begin(), rules.end(),
            [](const Rule& one, const Rule& other) { return one.code < other.code; });
  return rules;
}

}  // namespace havc::health
