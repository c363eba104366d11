// Rules about operations: timeouts that outlast a storage that hangs, shut down a guest, and carry
// its memory.
#include <algorithm>

#include "health/lint_rule.h"

#include <fmt/format.h>

namespace havc::health {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// A storage head that fails over freezes NFS for tens of seconds (NetApp: up to two minutes).
constexpr milliseconds kStart = 120s;
/// The agent's meta-data recommends it; a busy node needs it.
constexpr milliseconds kMonitor = 30s;
/// Less than a minute for services to end, as 10 s are kept for pulling the plug.
constexpr milliseconds kStop = 60s;
constexpr milliseconds kMigrateFrom = 60s;
/// Beyond half an hour nobody waits for a guest any more, and a node that is to restart neither.
constexpr milliseconds kLongStop = 30min;
/// What a network of 1 Gbit/s carries, in MiB/s; and how often a busy guest's memory goes over it.
constexpr std::uint64_t kRate = 100;
constexpr std::uint64_t kPasses = 2;
constexpr milliseconds kOftenest = 5s;
constexpr milliseconds kSeldomest = 60s;

/// Also of operations that nobody configured: those have a default.
void shorter_than(const Subject& subject, const Tell& tell, const std::string& operation,
                  milliseconds least) {
  for (const auto& vm : subject.configuration().vms) {
    const auto timeout = subject.configuration().timeout(vm, operation);
    if (timeout < least)
      tell(vm.id, fmt::format("'{}' has {}, less than {}", operation, seconds_text(timeout),
                              seconds_text(least)));
  }
}

void start_timeout(const Subject& subject, const Tell& tell) {
  shorter_than(subject, tell, "start", kStart);
}

void stop_timeout(const Subject& subject, const Tell& tell) {
  shorter_than(subject, tell, "stop", kStop);
}

void stop_timeout_long(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    const auto timeout = subject.configuration().timeout(vm, "stop");
    if (timeout > kLongStop) tell(vm.id, fmt::format("'stop' has {}", seconds_text(timeout)));
  }
}

bool is_recurring(const cluster::Operation& operation) {
  const auto enabled = operation.meta.find("enabled");
  const bool on = enabled == operation.meta.end() || !is_false(enabled->second);
  return operation.name == "monitor" && operation.interval.count() > 0 && on;
}

void monitor_timeout(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    for (const auto& operation : vm.operations) {
      if (is_recurring(operation) && operation.timeout && *operation.timeout < kMonitor)
        tell(vm.id, fmt::format("'monitor' every {} has {}, less than {}",
                                seconds_text(operation.interval), seconds_text(*operation.timeout),
                                seconds_text(kMonitor)));
    }
  }
}

std::optional<milliseconds> shortest_interval(const cluster::Primitive& vm) {
  std::optional<milliseconds> shortest;
  for (const auto& operation : vm.operations) {
    if (is_recurring(operation))
      shortest = shortest ? std::min(*shortest, operation.interval) : operation.interval;
  }
  return shortest;
}

void monitor_missing(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    if (!shortest_interval(vm)) tell(vm.id, "has no recurring monitor");
  }
}

void monitor_interval(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    const auto interval = shortest_interval(vm);
    if (interval && (*interval < kOftenest || *interval > kSeldomest))
      tell(vm.id,
           fmt::format("is looked at every {} s", static_cast<double>(interval->count()) / 1000));
  }
}

bool migrates(const Subject& subject, const cluster::Primitive& vm) {
  return is_true(subject.meta(vm, "allow-migrate"));
}

void migration_disabled(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    if (!migrates(subject, vm)) tell(vm.id, "allow-migrate is not true");
  }
}

void migrate_timeout(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    const auto timeout = subject.configuration().timeout(vm, "migrate_to");
    const auto memory = subject.memory_of(vm);
    const std::chrono::seconds needed(memory * kPasses / kRate);
    if (migrates(subject, vm) && timeout < needed)
      tell(vm.id, fmt::format("{} MiB take about {} over 1 Gbit/s, and 'migrate_to' has {}", memory,
                              seconds_text(needed), seconds_text(timeout)));
  }
}

void migrate_from_timeout(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    const auto timeout = subject.configuration().timeout(vm, "migrate_from");
    if (migrates(subject, vm) && timeout < kMigrateFrom)
      tell(vm.id, fmt::format("'migrate_from' has {}, less than {}", seconds_text(timeout),
                              seconds_text(kMigrateFrom)));
  }
}

using enum Severity;
using enum About;

constexpr LintRule kRules[] = {
    {{"migrate-from-timeout", vm, warning, "the end of a move has too little time",
      "A target whose libvirt is slow for a moment makes the move fail after the guest has "
      "arrived, "
      "and it is stopped and started anew.",
      "give migrate_from 120 s"},
     migrate_from_timeout},
    {{"migrate-timeout", vm, warning, "a move has too little time for the guest's memory",
      "The move is aborted each time; when its node is emptied for maintenance, the guest stays or "
      "is shut down.",
      "raise migrate_to (the key migration_timeout), or use a faster network"},
     migrate_timeout},
    {{"migration-disabled", vm, hint, "a guest is moved by a stop and a start",
      "Emptying its node for maintenance interrupts it.",
      "set the meta attribute allow-migrate=true, unless something of the guest stays on its node"},
     migration_disabled},
    {{"monitor-interval", vm, hint, "a guest is looked at very often or very seldom",
      "Seldom: nobody notices for minutes that it is gone. Often: with hundreds of guests the "
      "nodes "
      "do little else.",
      "look every 10 s"},
     monitor_interval},
    {{"monitor-missing", vm, error, "nobody looks whether a guest runs",
      "A guest that ends by itself is never started again: Pacemaker does not know.",
      "add a monitor operation: every 10 s, with 30 s"},
     monitor_missing},
    {{"monitor-timeout", vm, warning, "a monitor has too little time",
      "A node that is busy for half a minute has its guests restarted, although they run.",
      "give monitor 30 s"},
     monitor_timeout},
    {{"start-timeout", vm, warning, "a start has too little time for a storage that hangs",
      "A storage head that fails over stands still for a minute; a start in that time fails, and "
      "the "
      "guest is banned from the node.",
      "give start 120 s"},
     start_timeout},
    {{"stop-timeout", vm, warning, "a guest has too little time to shut down",
      "Of the time 10 s are kept for pulling the plug; a database that needs longer loses its "
      "power, "
      "at each stop.",
      "raise stop (the key stop_timeout)"},
     stop_timeout},
    {{"stop-timeout-long", vm, hint, "a guest may take very long to shut down",
      "A guest that does not react holds up its node's shutdown, and its own start elsewhere, for "
      "all of that time.",
      "lower stop (the key stop_timeout), unless it really takes that long"},
     stop_timeout_long},
};

}  // namespace

std::span<const LintRule> operation_rules() {
  return kRules;
}

}  // namespace havc::health
