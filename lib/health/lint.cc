#include "health/lint.h"

#include <algorithm>
#include <array>

#include "health/lint_rule.h"

namespace havc::health {

namespace {

constexpr std::array kTables{cluster_rules,    fencing_rules,   operation_rules,
                             resource_rules,   placement_rules, capacity_rules,
                             definition_rules, disk_rules,      node_rules};

}  // namespace

std::vector<Finding> lint(const Material& material) {
  const Subject subject(material);
  std::vector<Finding> findings;
  for (const auto& table : kTables) {
    for (const auto& each : table()) each.check(subject, Tell(each.rule, findings));
  }
  sort(findings);
  return findings;
}

std::vector<Rule> lint_rules() {
  std::vector<Rule> rules;
  for (const auto& table : kTables) {
    for (const auto& each : table()) rules.push_back(each.rule);
  }
  std::sort(rules.begin(), rules.end(),
            [](const Rule& one, const Rule& other) { return one.code < other.code; });
  return rules;
}

}  // namespace havc::health
