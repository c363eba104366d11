// havc lint: what is configured against the rules that keep guests alive.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <vector>

#include "base/text.h"
#include "havc/commands.h"
#include "havc/output.h"
#include "havc/reach.h"
#include "havc/reports.h"
#include "health/lint.h"
#include "inventory/render.h"
#include "remote/everywhere.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {
    {"--only", "CODE", "Find this alone: a code, or CODE:OBJECT; may be given several times",
     Takes::many},
    {"--ignore", "CODE",
     "Do not find this: a code, or CODE:OBJECT; may be given several times. For good: the key "
     "lint_ignore of cluster.toml",
     Takes::many},
    {"--list", "", "Tell the rules, and look at nothing"},
};

constexpr ColumnDoc kColumns[] = {
    {"severity", "SEVERITY", "error, warning or hint"},
    {"type", "TYPE", "What the object is: cluster, node, vm, chassis or network", false},
    {"code", "CODE", "The rule's name; it never changes"},
    {"object", "OBJECT", "Whose it is; none: the cluster's"},
    {"message", "MESSAGE", "What was found"},
    {"remedy", "REMEDY", "What to do about it", false},
};

constexpr Example kExamples[] = {
    {"The configuration of another cluster:", "havc lint --cib cib.xml --config /nowhere"},
    {"For monitoring, without what is meant to be so:",
     "havc lint --ignore even-votes --no-headers"},
};

/// What could not be looked at is told, and makes the verdict unknown.
struct Looking {
  health::Material material = {};
  cluster::Status status = {};
  bool complete = true;
};

void miss(Call& call, Looking& looking, const std::string& what) {
  call.err() << "havc: not looked at: " << what << '\n';
  looking.complete = false;
}

Row row_of(const health::Finding& finding) {
  const Cell object = finding.object.empty() ? Cell() : Cell(finding.object);
  return {std::string(name_of(finding.severity)),
          std::string(name_of(finding.about)),
          std::string(finding.code),
          object,
          finding.message,
          finding.remedy};
}

int list(Call& call) {
  std::vector<Row> rows;
  for (const auto& rule : health::lint_rules())
    rows.push_back(row_of(health::found(rule, {}, std::string(rule.title))));
  print_rows(call, "havc.lint/1", rows);
  return kDone;
}

/// Nothing is found by a code that no rule has; somebody would believe that all is well.
void check_codes(const std::vector<std::string>& words, const std::string& where) {
  std::vector<std::string> codes;
  for (const auto& rule : health::lint_rules()) codes.emplace_back(rule.code);
  for (const auto& word : words) {
    const std::string code = word.substr(0, word.find(':'));
    if (std::find(codes.begin(), codes.end(), code) != codes.end()) continue;
    const auto meant = text::nearest(code, codes);
    throw Error(Fault::misconfigured,
                fmt::format("{}: there is no rule {}", where, text::quote(code)),
                meant ? fmt::format("did you mean '{}'?", *meant) : "see 'havc lint --list'");
  }
}

std::vector<std::string> ignored(Call& call) {
  std::vector<std::string> words = call.texts("--ignore");
  for (const auto& each : call.reading().inventory.cluster.lint_ignore) words.push_back(each.text);
  return words;
}

void take_inventory(Call& call, Looking& looking) {
  const auto& reading = call.reading();
  if (!reading.problems.empty())
    return miss(call, looking, reading.problems.front().problem() + "; see 'havc check'");
  looking.material.inventory = &reading.inventory;
  auto templates = call.templates();
  for (const auto& vm : reading.inventory.vms) {
    try {
      looking.material.definitions.push_back(
          {vm.identity.fqn, {}, inventory::domain_xml(vm, reading.inventory.cluster, templates)});
    } catch (const Error& error) {
      miss(call, looking, vm.identity.fqn + ": " + error.what());
    }
  }
}

node::Question question_for(const health::Material& material) {
  node::Question question{
      .machine = true, .services = true, .corosync = true, .libvirt = true, .files = true};
  if (material.inventory == nullptr) return question;
  for (const auto& vm : material.inventory->vms) {
    for (const auto& disk : vm.disks) question.images.push_back(disk.text);
  }
  return question;
}

/// Of guests that have no file, what lies on the node that has told about the cluster.
void take_foreign(Call& call, Looking& looking, const remote::Run& run, const remote::Host& host) {
  constexpr std::size_t kMost = 1 << 20;
  std::vector<remote::Errand> errands;
  std::vector<std::string> vms;
  for (const auto& vm : looking.material.configuration.vms) {
    const auto path = vm.parameters.find("config");
    const bool known =
        std::any_of(looking.material.definitions.begin(), looking.material.definitions.end(),
                    [&](const auto& each) { return each.vm == vm.id; });
    if (known || path == vm.parameters.end()) continue;
    errands.push_back({host, {.arguments = {"cat", "--", path->second}, .most_output = kMost}});
    vms.push_back(vm.id);
  }
  const auto answers = remote::everywhere(run, errands, {}, call.deadline());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto* result = std::get_if<ProcessResult>(&answers[i]);
    if (result != nullptr && result->exit_code == 0) {
      looking.material.definitions.push_back({vms[i], host.name, result->output});
    } else {
      miss(call, looking,
           vms[i] + ": " +
               (result != nullptr ? result->words()
                                  : std::string(std::get<Error>(answers[i]).what())));
    }
  }
}

void take_nodes(Call& call, Looking& looking, const Reach& reach, const remote::Host& host) {
  take_foreign(call, looking, reach.run(), host);
  auto answers =
      ask_nodes(reach.run(), reach.nodes(), question_for(looking.material), call.deadline());
  for (const auto& [name, why] : answers.silent)
    miss(call, looking, fmt::format("node '{}': {}", name, why));
  looking.material.reports = std::move(answers.reports);
}

void look(Call& call, Looking& looking) {
  take_inventory(call, looking);
  const Reach reach(call);
  auto asked = reach.ask();
  looking.material.configuration = std::move(asked.configuration);
  looking.status = std::move(asked.status);
  looking.material.status = &looking.status;
  if (call.common().cib.empty()) take_nodes(call, looking, reach, asked.host);
}

std::vector<health::Finding> chosen(Call& call, std::vector<health::Finding> findings) {
  const auto only = call.texts("--only");
  const auto ignore = ignored(call);
  const auto meant = [](const health::Finding& finding, const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(),
                       [&](const auto& word) { return health::matches(finding, word); });
  };
  std::erase_if(findings, [&](const health::Finding& finding) {
    return (!only.empty() && !meant(finding, only)) || meant(finding, ignore);
  });
  return findings;
}

void print(Call& call, const std::vector<health::Finding>& findings) {
  if (findings.empty() && !call.common().json && !call.flag("--no-headers")) {
    call.out() << "nothing is found\n";
    return;
  }
  std::vector<Row> rows;
  rows.reserve(findings.size());
  for (const auto& finding : findings) rows.push_back(row_of(finding));
  print_rows(call, "havc.lint/1", rows);
  if (call.common().json || call.flag("--no-headers") || !call.text("--columns").empty()) return;
  std::set<std::string> told;
  for (const auto& finding : findings) {
    const std::string line = fmt::format("{}: {}", finding.code, finding.remedy);
    if (told.insert(line).second) call.out() << (told.size() == 1 ? "\n" : "") << line << '\n';
  }
}

int lint(Call& call) {
  if (call.flag("--list")) return list(call);
  try {
    check_codes(call.texts("--only"), "--only");
    check_codes(ignored(call), "--ignore, or lint_ignore of cluster.toml");
  } catch (const Error& error) {
    call.err() << "havc: " << error.what() << '\n';
    return kUsage;  // 1 would be warnings
  }
  Looking looking;
  try {
    look(call, looking);
  } catch (const Error& error) {
    call.err() << "havc: " << error.what() << '\n';
    return static_cast<int>(health::Verdict::unknown);
  }
  const auto findings = chosen(call, health::lint(looking.material));
  print(call, findings);
  return static_cast<int>(health::verdict_of(findings, looking.complete));
}

}  // namespace

const Command kLint{
    .name = "lint",
    .group = Group::check,
    .summary = "Look for what is configured against the rules that keep VMs alive",
    .description =
        "Looks at the cluster's configuration, the inventory, the definitions and what the nodes "
        "say of themselves: fencing, quorum, timeouts, disks, placement, what starts at boot. "
        "Changes nothing. 'havc health' looks at what works right now.\n\n"
        "With --cib, a cluster is not needed, and nodes are not asked. Without an inventory, "
        "definitions are read from the node that has told about the cluster.\n\n"
        "Each thing found has a code, which never changes; 'havc lint --list' tells all of them. "
        "What is meant to be so is ignored for good by lint_ignore = [\"CODE\", \"CODE:OBJECT\"] "
        "in "
        "cluster.toml.",
    .options = kOptions,
    .examples = kExamples,
    .columns = kColumns,
    .exit_status =
        "As monitoring systems want it. 0: nothing but hints was found. 1: warnings. 2: "
        "errors. 3: no error, but not everything could be looked at.",
    .run = lint,
};

}  // namespace havc::cli
