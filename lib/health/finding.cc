#include "health/finding.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace havc::health {

namespace {

constexpr std::array<std::string_view, 3> kSeverities{"error", "warning", "hint"};
constexpr std::array<std::string_view, 5> kAbouts{"cluster", "node", "vm", "chassis", "network"};

}  // namespace

std::string_view name_of(Severity severity) {
  return kSeverities.at(static_cast<std::size_t>(severity));
}

std::string_view name_of(About about) {
  return kAbouts.at(static_cast<std::size_t>(about));
}

Finding found(const Rule& rule, std::string object, std::string message, std::string remedy) {
  if (remedy.empty()) remedy = rule.fix;
  return {rule.severity,     rule.about,         rule.code,
          std::move(object), std::move(message), std::move(remedy)};
}

std::string text_of(const Finding& finding) {
  return fmt::format("{}:{}:{}:{}", name_of(finding.about), finding.code, finding.object,
                     finding.message);
}

Verdict verdict_of(const std::vector<Finding>& findings, bool complete) {
  const auto has = [&](Severity severity) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.severity == severity; });
  };
  if (has(Severity::error)) return Verdict::errors;
  if (!complete) return Verdict::unknown;
  return has(Severity::warning) ? Verdict::warnings : Verdict::fine;
}

bool matches(const Finding& finding, std::string_view word) {
  if (!word.starts_with(finding.code)) return false;
  word.remove_prefix(finding.code.size());
  return word.empty() || (word.front() == ':' && word.substr(1) == finding.object);
}

void sort(std::vector<Finding>& findings) {
  const auto key = [](const Finding& finding) {
    return std::tie(finding.severity, finding.code, finding.object, finding.message);
  };
  std::sort(findings.begin(), findings.end(),
            [&](const Finding& one, const Finding& other) { return key(one) < key(other); });
  findings.erase(std::unique(findings.begin(), findings.end()), findings.end());
}

std::string manual_of(std::vector<Rule> rules) {
  std::sort(rules.begin(), rules.end(),
            [](const Rule& one, const Rule& other) { return one.code < other.code; });
  std::string text;
  for (const auto& rule : rules) {
    text +=
        fmt::format("### {}\n\n*{} ({}):* {}.\n\n{}\n\n*Fix:* {}\n\n", rule.code,
                    name_of(rule.severity), name_of(rule.about), rule.title, rule.reason, rule.fix);
  }
  return text;
}

}  // namespace havc::health
