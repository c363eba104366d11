// Rules about nodes by themselves: reached, libvirt, KVM, clock, services.

#include "base/text.h"
#include "health/health_rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace havc::health {

namespace {

using enum About;
using enum Severity;

void not_reached(const Situation& situation, const Tell& tell) {
  for (const NodeSeen& seen : situation.nodes) {
    if (seen.report || !seen.another.empty() || offline(situation, seen.name)) continue;
    tell(seen.name, seen.silence);
  }
}

void another_answers(const Situation& situation, const Tell& tell) {
  for (const NodeSeen& seen : situation.nodes) {
    if (seen.another.empty()) continue;
    tell(seen.name, "asked for it, " + text::quote(seen.another) + " answers");
  }
}

void is_offline(const Situation& situation, const Tell& tell) {
  for (const NodeSeen& seen : situation.nodes) {
    if (!offline(situation, seen.name)) continue;
    tell(seen.name, seen.report ? "it answers, and is no member of the cluster"
                                : "offline in the cluster; " + seen.silence);
  }
}

void libvirt_silent(const Situation& situation, const Tell& tell) {
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (report.libvirt.doubtful()) tell(node, report.libvirt.unknown);
  });
}

// Nested test clusters emulate, and miss nothing.
void kvm_missing(const Situation& situation, const Tell& tell) {
  if (situation.kvm_guests.empty()) return;
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (!report.kvm.known() || *report.kvm) return;
    tell(node, "there is no /dev/kvm, which is asked for by " + some_of(situation.kvm_guests));
  });
}

void unsynchronised(const Situation& situation, const Tell& tell) {
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (report.synchronised.known() && !*report.synchronised) {
      tell(node, "the kernel's clock follows no other one");
    }
  });
}

/// Pacemaker compares times of different nodes, and logs are read side by side: a second is much.
constexpr std::chrono::nanoseconds kMostOffset = std::chrono::seconds(1);

// Each against the one in the middle: the asker's own clock may be the wrong one.
void clock_offset(const Situation& situation, const Tell& tell) {
  std::vector<std::chrono::nanoseconds> offsets;
  for (const NodeSeen& seen : situation.nodes) {
    if (seen.clock) offsets.push_back(seen.clock->offset);
  }
  if (offsets.empty()) return;
  const auto middle = offsets.begin() + static_cast<std::ptrdiff_t>(offsets.size() / 2);
  std::nth_element(offsets.begin(), middle, offsets.end());
  for (const NodeSeen& seen : situation.nodes) {
    if (!seen.clock) continue;
    const auto apart = std::chrono::abs(seen.clock->offset - *middle);
    if (apart - seen.clock->doubt <= kMostOffset) continue;
    const double seconds = std::chrono::duration<double>(apart).count();
    tell(seen.name, fmt::format("its clock is {:.1f} s {} most nodes'", seconds,
                                seen.clock->offset > *middle ? "ahead of" : "behind"));
  }
}

// Either of a pair may be the one that runs; one that is not installed is none.
void service_inactive(const Situation& situation, const Tell& tell) {
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (!report.services.known()) return;
    for (const auto& service : *report.services) {
      const bool needed = service.name == "pacemaker" || service.name == "corosync";
      const bool failed = service.active == "failed" && service.load == "loaded";
      const bool stopped = needed && service.load == "loaded" && service.active == "inactive";
      if (failed || (stopped && !offline(situation, node))) {
        tell(node, fmt::format("{} is {}", text::quote(service.name), service.active));
      }
    }
  });
}

constexpr HealthRule kRules[] = {
    {{"clock-offset", node, warning, "a node's clock is another than the others'",
      "Pacemaker compares times of different nodes: a migration may look as if it had not ended; "
      "logs cannot be read side by side.",
      "let chrony or systemd-timesyncd set the clocks of all nodes by the same servers"},
     clock_offset},
    {{"clock-unsynchronised", node, hint, "a node's clock goes its own way",
      "It drifts away from the others', by seconds a day, until it is found as clock-offset.",
      "install chrony, and see 'chronyc tracking' on the node"},
     unsynchronised},
    {{"kvm-missing", node, error, "a node cannot run guests with KVM",
      "A guest that comes there does not start, or is emulated and ten times slower.",
      "switch virtualisation on in the firmware, and load kvm_intel or kvm_amd"},
     kvm_missing},
    {{"libvirt-silent", node, error, "a node's libvirt does not answer",
      "Guests go on there, but none starts, stops in order or moves; doubt makes Pacemaker fence "
      "the node when a stop fails.",
      "see 'systemctl status libvirtd virtqemud' on the node, and restart it; guests survive that"},
     libvirt_silent},
    {{"node-is-another", node, error, "at a node's address another node answers",
      "Files would come to the wrong node, and guests be looked for there: havc refuses to take "
      "its word, and nothing is known of the node.",
      "give the node its own address in cluster.toml; see 'crm_node --name' on both"},
     another_answers},
    {{"node-not-reached", node, error, "a node of the cluster does not answer",
      "Nothing is known of it: neither its storage nor its guests.",
      "see 'ssh NODE havc --version'; install the package havc there in the same version"},
     not_reached},
    {{"node-offline", node, warning, "a node is not in the cluster",
      "Its guests have gone elsewhere; the next failure finds less room.",
      "switch it on, and start corosync and pacemaker there"},
     is_offline},
    {{"service-not-running", node, error, "a service of the cluster does not run on a node",
      "Without it the node runs no guests, or cannot leave them in order.",
      "see 'journalctl -u SERVICE' on the node, and start it"},
     service_inactive},
};

}  // namespace

std::span<const HealthRule> machine_rules() {
  return kRules;
}

}  // namespace havc::health
