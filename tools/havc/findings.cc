#include "havc/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "base/text.h"
#include "havc/output.h"
#include "health/health.h"
#include "health/lint.h"
#include "inventory/select.h"

namespace havc::cli {

namespace {

Row row_of(const health::Finding& finding) {
  const Cell object = finding.object.empty() ? Cell() : Cell(finding.object);
  return {std::string(name_of(finding.severity)),
          std::string(name_of(finding.about)),
          std::string(finding.code),
          object,
          finding.message,
          finding.remedy};
}

int list(Call& call, std::string_view schema, const std::vector<health::Rule>& rules) {
  std::vector<Row> rows;
  rows.reserve(rules.size());
  for (const auto& rule : rules) {
    rows.push_back(row_of(health::found(rule, {}, std::string(rule.title))));
  }
  print_rows(call, schema, rows);
  return kDone;
}

std::vector<std::string> codes_of(const std::vector<health::Rule>& rules) {
  std::vector<std::string> codes;
  codes.reserve(rules.size());
  for (const auto& rule : rules) codes.emplace_back(rule.code);
  return codes;
}

/// Nothing is found by a code that no rule has; somebody would believe that all is well.
void check(const std::vector<std::string>& words, const std::vector<std::string>& codes,
           const std::string& where, const Call& call) {
  for (const auto& word : words) {
    const std::string code = word.substr(0, word.find(':'));
    if (std::find(codes.begin(), codes.end(), code) != codes.end()) continue;
    const auto meant = text::nearest(code, codes);
    throw Error(Fault::misconfigured,
                fmt::format("{}: there is no rule {}", where, text::quote(code)),
                meant ? fmt::format("did you mean '{}'?", *meant)
                      : fmt::format("see 'havc {} --list'", call.command().name));
  }
}

struct Choice {
  std::vector<std::string> only;
  std::vector<std::string> ignored;
};

/// What is ignored for good, both commands are told by the same key.
Choice choice_of(Call& call, const std::vector<health::Rule>& rules) {
  std::vector<std::string> all = codes_of(health::lint_rules());
  for (auto& code : codes_of(health::health_rules())) all.push_back(std::move(code));
  Choice choice{call.texts("--only"), call.texts("--ignore")};
  check(choice.only, codes_of(rules), "--only", call);
  check(choice.ignored, all, "--ignore", call);
  std::vector<std::string> for_good;
  for (const auto& word : call.reading().inventory.cluster.lint_ignore) {
    for_good.push_back(word.text);
  }
  check(for_good, all, "lint_ignore of cluster.toml", call);
  choice.ignored.insert(choice.ignored.end(), for_good.begin(), for_good.end());
  return choice;
}

bool meant(const health::Finding& finding, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const auto& word) { return health::matches(finding, word); });
}

void print(Call& call, std::string_view schema, const std::vector<health::Finding>& findings) {
  const bool bare = call.common().json || call.flag("--no-headers");
  if (findings.empty() && !bare) {
    call.out() << "nothing is found\n";
    return;
  }
  std::vector<Row> rows;
  rows.reserve(findings.size());
  for (const auto& finding : findings) rows.push_back(row_of(finding));
  print_rows(call, schema, rows);
  if (bare || !call.text("--columns").empty()) return;
  std::set<std::string> told;
  for (const auto& finding : findings) {
    const std::string line = fmt::format("{}: {}", finding.code, finding.remedy);
    if (told.insert(line).second) call.out() << (told.size() == 1 ? "\n" : "") << line << '\n';
  }
}

}  // namespace

void keep_meant(Call& call, const std::vector<cluster::Primitive>& known,
                std::vector<health::Finding>& findings) {
  const auto words = call.texts("VM");
  if (words.empty()) return;
  std::vector<std::string> ids;
  ids.reserve(known.size());
  for (const auto& each : known) ids.push_back(each.id);
  const auto meant =
      inventory::select(call.reading().inventory.vms, ids, words, inventory::NoWords::refuse);
  std::set<std::string> wanted(meant.without_file.begin(), meant.without_file.end());
  for (const auto* vm : meant.vms) wanted.insert(vm->identity.fqn);
  std::erase_if(findings, [&](const health::Finding& each) {
    return each.about != health::About::vm || !wanted.contains(each.object);
  });
}

int tell_findings(Call& call, std::string_view schema, const std::vector<health::Rule>& rules,
                  Looked (*look)(Call& call)) {
  if (call.flag("--list")) return list(call, schema, rules);
  Choice choice;
  try {
    choice = choice_of(call, rules);
  } catch (const Error& error) {
    call.err() << "havc: " << error.what() << '\n';
    return kUsage;
  }
  Looked looked;
  try {
    looked = look(call);
  } catch (const Error& error) {
    call.err() << "havc: " << error.what() << '\n';
    return static_cast<int>(health::Verdict::unknown);
  }
  for (const auto& what : looked.missed) call.err() << "havc: not looked at: " << what << '\n';
  std::erase_if(looked.findings, [&](const health::Finding& finding) {
    return (!choice.only.empty() && !meant(finding, choice.only)) || meant(finding, choice.ignored);
  });
  print(call, schema, looked.findings);
  return static_cast<int>(health::verdict_of(looked.findings, looked.missed.empty()));
}

}  // namespace havc::cli
