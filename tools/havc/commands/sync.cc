// havc sync: the files of all nodes, without a look at the cluster's configuration.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "base/text.h"
#include "change/difference.h"
#include "havc/changing.h"
#include "havc/commands.h"
#include "havc/output.h"

namespace havc::cli {

namespace {

using change::Drift;

constexpr OptionRow kOptions[] = {
    {"--check", "", "Look only: exit code 2 when files are not as they should be"},
    {"--diff", "", "Show what is different in definitions"},
    {"--allow", "PATTERN",
     "A path that may be whatever it is on each node, as a shell's pattern; may be repeated",
     Takes::many},
    kWithoutNode,
    kOverNewer,
};

constexpr ColumnDoc kColumns[] = {
    {"node", "NODE", "The node that has the file"},
    {"path", "PATH", "The file"},
    {"drift", "DRIFT",
     "missing, differs, odd (of another kind or mode, or not readable), extra (nobody's)"},
    {"since", "SINCE", "When it was changed last, as far as the node says"},
};

constexpr Example kExamples[] = {
    {"Is any file not what it should be?", "havc sync --check"},
    {"What is different?", "havc sync --check --diff"},
};

std::string word_of(Drift::Kind kind) {
  switch (kind) {
    case Drift::Kind::missing:
      return "missing";
    case Drift::Kind::differs:
      return "differs";
    case Drift::Kind::odd:
      return "odd";
    case Drift::Kind::extra:
      return "extra";
  }
  return "odd";
}

void print(Call& call, const std::vector<Drift>& drift) {
  std::vector<Row> rows;
  rows.reserve(drift.size());
  for (const auto& each : drift) {
    rows.push_back(
        {each.node, each.path, word_of(each.kind), each.since.empty() ? Cell() : Cell(each.since)});
  }
  if (!rows.empty() || call.common().json) print_rows(call, "havc.sync/1", rows);
}

/// Of the definitions that differ; the node is asked for its text.
void print_differences(Call& call, const remote::Run& run, const change::Holdings& holdings,
                       const change::Look& look, const std::vector<Drift>& drift) {
  for (const auto& each : drift) {
    const auto wanted = holdings.definitions.find(each.path);
    const auto* node = look.node(each.node);
    if (wanted == holdings.definitions.end() || each.kind != Drift::Kind::differs ||
        node == nullptr)
      continue;
    const auto there = run(node->host, {.arguments = {"cat", each.path}, .input = {}},
                           Deadline::after(system_clock(), std::chrono::seconds(10)));
    if (there.exit_code != 0) {
      call.err() << fmt::format("havc: {} on '{}': {}\n", each.path, each.node, there.words());
      continue;
    }
    call.out() << change::unified_diff(there.output, wanted->second.content,
                                       each.node + ":" + each.path, "inventory",
                                       Deadline::after(system_clock(), std::chrono::seconds(10)));
  }
}

int incomplete(Call& call, const change::Look& look) {
  int code = kDone;
  for (const auto& node : look.nodes) {
    if (!node.trouble) continue;
    call.err() << fmt::format("not looked at: {}\n", node.trouble->what());
    code = kIncomplete;
  }
  return code;
}

int sync(Call& call) {
  Changing changing(call);
  Change change = whole_inventory(call);
  auto templates = call.templates();
  const auto holdings = change::holdings_of(change.wish, change.inventory, templates);
  Planned prepared;
  prepared.look = change::look(changing.reach().nodes(), changing.reach().run(),
                               Deadline::after(system_clock(), std::chrono::seconds(30)));
  const auto drift = change::drift_of(holdings, prepared.look, call.texts("--allow"));
  const bool to_do = std::any_of(drift.begin(), drift.end(),
                                 [](const Drift& each) { return each.kind != Drift::Kind::extra; });
  if (!call.common().json || call.flag("--check")) print(call, drift);
  if (call.flag("--diff"))
    print_differences(call, changing.reach().run(), holdings, prepared.look, drift);
  const int looked = incomplete(call, prepared.look);
  if (call.flag("--check") || call.common().dry_run) return drift.empty() ? looked : kPending;
  if (!to_do && looked == kDone) {
    if (!call.common().json) call.out() << "nothing to do\n";
    return kDone;
  }
  prepared.plan = plan_of(holdings, prepared.look, drift);
  change.command = "sync";
  change.again = "havc sync";
  change.question = "Put these files right?";
  change.files_only = true;
  return changing.make(change, prepared).exit_code;
}

}  // namespace

const Command kSync{
    .name = "sync",
    .group = Group::change,
    .summary = "Compare the files on all nodes with the inventory, and put them right",
    .description =
        "Every node has the definitions of all VMs and a copy of the inventory on its own disk. "
        "Each says "
        "by hashes what it has; what is missing or different is named with its node and the time "
        "of "
        "its last change, and sent there. Files that are nobody's are named and left alone.\n\n"
        "The configuration of the cluster is neither looked at nor changed: 'havc plan' and 'havc "
        "apply' do both.",
    .options = kOptions,
    .examples = kExamples,
    .columns = kColumns,
    .exit_status =
        "2 with --check or --dry-run when files are not as they should be; 3 when a node was not "
        "reached.",
    .run = sync,
};

}  // namespace havc::cli
