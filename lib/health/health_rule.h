// A rule of health with the function that looks. For this module alone.
#pragma once

#include <span>
#include <string>

#include "health/health.h"
#include "health/lint_rule.h"

namespace havc::health {

struct HealthRule {
  Rule rule;
  void (*check)(const Situation& situation, const Tell& tell);
};

/// The tables, one a file.
std::span<const HealthRule> machine_rules();
std::span<const HealthRule> network_rules();
std::span<const HealthRule> storage_rules();
std::span<const HealthRule> sameness_rules();
std::span<const HealthRule> pacemaker_rules();
std::span<const HealthRule> guest_rules();

/// Calls `look(node's name, report)` for each that has told.
template <class Look>
void each_report(const Situation& situation, Look look) {
  for (const NodeSeen& seen : situation.nodes) {
    if (seen.report) look(seen.name, *seen.report);
  }
}

/// It runs no guests that others could take, and need not be there: not online in the cluster, as
/// far as the cluster says.
bool offline(const Situation& situation, const std::string& node);

/// Tells each node whose value is not that of most: "pacemaker is 2.1.5, elsewhere 2.1.6". Values
/// are by node; of two that are as frequent the greater one counts as usual.
void tell_odd_ones(const std::map<std::string, std::string>& values, const std::string& what,
                   const Tell& tell);

}  // namespace havc::health
