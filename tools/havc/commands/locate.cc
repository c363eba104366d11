// havc locate: on which node VMs are.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "base/text.h"
#include "havc/commands.h"
#include "havc/output.h"
#include "havc/status.h"
#include "havc/survey.h"
#include "havc/vms.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {kVmsToChange, kNoLibvirt};

constexpr ColumnDoc kColumns[] = {
    {"vm", "VM", "Its name and zone"},
    {"node", "NODE", "Where it is active, or may be"},
    {"state", "STATE", "What it is, as 'havc status' says", false},
    {"part", "PART", "Of a migration: from or to", false},
};
constexpr std::size_t kNode = 1;

constexpr Example kExamples[] = {
    {"To the node of a VM:", "ssh \"$(havc locate WEB-01)\""},
};

std::vector<Row> rows_of(const Outlook& outlook) {
  std::vector<Row> rows;
  if (!outlook.state) return rows;
  const auto& state = *outlook.state;
  std::vector<std::string> nodes = state.nodes;
  // Where from first; libvirt may not have it on the target yet.
  for (const auto& each : {state.to, state.from}) {
    if (each.empty()) continue;
    std::erase(nodes, each);
    nodes.insert(nodes.begin(), each);
  }
  for (const auto& node : nodes) {
    const Cell part = node == state.from ? Cell("from") : node == state.to ? Cell("to") : Cell();
    rows.push_back({outlook.id, node, std::string(cluster::name_of(state.word)), part});
  }
  return rows;
}

int locate(Call& call) {
  const Survey all = survey(call);
  std::vector<Row> rows;
  int code = kDone;
  for (const auto& each : all.vms) {
    const auto own = rows_of(each);
    rows.insert(rows.end(), own.begin(), own.end());
    if (each.state && each.state->word == cluster::Word::duplicate) {
      call.err() << fmt::format("DUPLICATE: {} is {}\n", each.id, each.reason);
      code = kPending;
    }
    if (!own.empty()) continue;
    const auto word = each.state ? cluster::name_of(each.state->word) : "not known";
    call.err() << fmt::format("{} runs nowhere as far as is known: {}{}{}\n", each.id, word,
                              each.reason.empty() ? "" : ": ", each.reason);
    if (code == kDone) code = kFailed;
  }
  for (const auto& each : all.vms) {
    if (!each.state) continue;
    for (const auto& doubt : each.state->doubts)
      call.err() << fmt::format("doubt: {}: {}\n", each.id, doubt);
  }
  if (all.vms.size() != 1 || call.common().json || !call.text("--columns").empty()) {
    print_rows(call, "havc.locate/1", rows);
    return code;
  }
  for (const auto& row : filtered(call, rows))
    call.out() << std::get<std::string>(row[kNode]) << '\n';
  return code;
}

}  // namespace

const Command kLocate{
    .name = "locate",
    .group = Group::look,
    .summary = "Tell on which nodes VMs are",
    .description =
        "Of one VM, the name of its node alone: a line, which is two while it migrates, first "
        "where "
        "from. Of several, a table. Doubts are told on standard error.",
    .options = kOptions,
    .examples = kExamples,
    .columns = kColumns,
    .exit_status =
        "1: one of them runs nowhere, or nobody said where.\n\n"
        "2: one of them runs on two nodes without migrating.",
    .run = locate,
};

}  // namespace havc::cli
