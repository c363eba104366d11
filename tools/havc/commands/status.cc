// havc status: what each VM should be and what it is, problems first.

#include "havc/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "base/text.h"
#include "havc/commands.h"
#include "havc/output.h"
#include "havc/vm_values.h"
#include "havc/vms.h"

namespace havc::cli {

namespace {

using cluster::Word;

constexpr OptionRow kOptions[] = {kVms, kNoLibvirt};

constexpr ColumnDoc kColumns[] = {
    {"name", "NAME", "The name; of one without a file NAME_zone"},
    {"wanted", "WANTED", "What its file says: started, stopped or disabled"},
    {"state", "STATE", "What it is, in one word; see above"},
    {"nodes", "NODE", "Where it is active, or may be"},
    {"fails", "FAILS", "How often it failed, as Pacemaker counts; 1000000 is for ever"},
    {"reason", "REASON", "Why it is so, or what else is to be known"},
    {"fqn", "FQN", "Name and zone: the resource and the domain", false},
    {"kind", "KIND", "cluster or local", false},
    {"verdict", "VERDICT", "fine, doubtful or wrong", false},
    {"from", "FROM", "Of a migration, where from", false},
    {"to", "TO", "Of a migration, where to", false},
    {"percent", "PERCENT", "Of a migration, how much has gone over; '-': libvirt does not say",
     false},
    {"fail_node", "FAIL_NODE", "Where it failed most often", false},
    {"failure", "FAILURE", "What has failed last, where and why; also of one that runs", false},
    {"restart_needed", "RESTART", "It runs with other CPUs or memory than its file says", false},
    {"doubts", "DOUBTS", "What was not said, or contradicts", false},
};
constexpr std::size_t kState = 2;
constexpr std::size_t kVerdict = 8;

constexpr Example kExamples[] = {
    {"All, problems first:", "havc status"},
    {"What a file of the cluster says, without a cluster:",
     "havc status --cib /var/lib/pacemaker/cib/cib.xml"},
    {"All that do not run and should:", "havc status wanted:started --filter verdict=wrong"},
};

constexpr std::string_view kDescription =
    "What each VM should be (wanted) and what it is (state), from Pacemaker and from libvirt on "
    "all nodes at once; --no-libvirt leaves the latter out. Only libvirt knows of paused and of "
    "foreign ones, of those that are local, and of those that run twice without Pacemaker's "
    "knowledge. A node that does not answer within 4 seconds is told below the table.\n\n"
    "The states, in the order in which they are looked for: duplicate (active on two nodes, or it "
    "cannot be excluded: its image may be written twice), fencing (on a node that is to be fenced: "
    "nobody knows what runs there), foreign (runs where Pacemaker says that it does not), blocked "
    "(Pacemaker waits for an administrator), migrating, starting, stopping, maintenance and "
    "unmanaged (Pacemaker leaves it alone), failed, paused, started, disabled (in the inventory, "
    "not in the cluster), undefined (in neither), stopped, waiting (to be started, and no node "
    "can take it). '-': a local one whose node did not answer.";

constexpr std::string_view kExit =
    "0: all are as their files want them, or on their way there.\n\n"
    "1: it could not be found out, of all or of some: the cluster, a node or a file of the "
    "inventory could not be read.\n\n"
    "2: some are not as their files want them. One without a file counts when it is duplicate, "
    "fencing, foreign, blocked, failed, paused or waiting.";

std::string_view name_of(Verdict verdict) {
  constexpr std::string_view kNames[] = {"fine", "doubtful", "wrong"};
  return kNames[static_cast<std::size_t>(verdict)];
}

Cell text(const std::string& value) {
  return value.empty() ? Cell() : Cell(value);
}

Row row_of(const Outlook& outlook) {
  const cluster::State state = outlook.state.value_or(cluster::State{});
  const bool known = outlook.state.has_value();
  return {outlook.vm == nullptr ? outlook.id : outlook.vm->name.text,
          outlook.vm == nullptr ? Cell() : Cell(word_of(outlook.vm->wanted)),
          known ? Cell(std::string(cluster::name_of(state.word))) : Cell(),
          state.nodes,
          state.fail_count == 0 ? Cell() : Cell(state.fail_count),
          text(outlook.reason),
          outlook.id,
          outlook.vm == nullptr ? Cell() : Cell(word_of(outlook.vm->kind)),
          std::string(name_of(outlook.verdict)),
          text(state.from),
          text(state.to),
          outlook.percent ? Cell(std::int64_t{*outlook.percent}) : Cell(),
          text(state.fail_node),
          text(state.failure),
          outlook.restart_needed,
          state.doubts};
}

/// What is wrong first, then what is in doubt; within these in the order of the words.
std::vector<const Outlook*> in_order(const std::vector<Outlook>& vms) {
  std::vector<const Outlook*> order;
  order.reserve(vms.size());
  for (const auto& each : vms) order.push_back(&each);
  const auto rank = [](const Outlook& each) {
    const int word = each.state ? static_cast<int>(each.state->word) : -1;
    return std::pair(-static_cast<int>(each.verdict), word);
  };
  std::stable_sort(order.begin(), order.end(), [&](const Outlook* left, const Outlook* right) {
    return rank(*left) < rank(*right);
  });
  return order;
}

std::string_view style_of(const Row& row) {
  const auto* state = std::get_if<std::string>(&row[kState]);
  if (state != nullptr && *state == cluster::name_of(Word::duplicate)) return "1;7;31";
  const auto& verdict = std::get<std::string>(row[kVerdict]);
  if (verdict == name_of(Verdict::wrong)) return "31";
  return verdict == name_of(Verdict::doubtful) ? "33" : "";
}

void tell_duplicates(const Survey& survey, std::ostream& to) {
  for (const auto& each : survey.vms) {
    if (each.state && each.state->word == Word::duplicate)
      to << fmt::format("DUPLICATE: {} is {}\n", each.id, each.reason);
  }
}

/// "57 started, 2 starting, 1 waiting"
std::string summary_of(const std::vector<Row>& rows) {
  std::map<std::string, int> counts;
  for (const auto& row : rows) {
    const auto* state = std::get_if<std::string>(&row[kState]);
    ++counts[state == nullptr ? "not known" : *state];
  }
  std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& left, const auto& right) { return left.second > right.second; });
  std::vector<std::string> parts;
  parts.reserve(sorted.size());
  for (const auto& [word, count] : sorted) parts.push_back(fmt::format("{} {}", count, word));
  return parts.empty() ? "no VMs" : text::join(parts, ", ");
}

std::string doubts_of(const Survey& survey) {
  std::map<std::string, std::vector<std::string>> who;
  for (const auto& vm : survey.vms) {
    if (!vm.state) continue;
    for (const auto& doubt : vm.state->doubts) who[doubt].push_back(vm.id);
  }
  std::string lines;
  for (const auto& [doubt, ids] : who) {
    const bool one = ids.size() == 1 && survey.vms.size() != 1;
    lines += fmt::format("doubt: {}{}\n", one ? ids.front() + ": " : "", doubt);
  }
  return lines;
}

std::string nodes_of(const Survey& survey) {
  std::string lines;
  for (const auto& node : survey.asked.status.nodes) {
    const auto words = words_of(node);
    if (words != std::vector<std::string>{"online"})
      lines += fmt::format("node {}: {}\n", node.name, text::join(words, ", "));
  }
  for (const auto& each : survey.reports) {
    const bool silent = !each.report || !each.report->libvirt.known();
    const auto* node = survey.asked.status.node(each.host.name);
    const bool known_off = node != nullptr && !node->online && !node->unclean && !each.report;
    if (silent && !known_off)
      lines += fmt::format("node {} did not say what runs there: {}\n", each.host.name,
                           each.report ? each.report->libvirt.unknown : each.trouble->what());
  }
  return lines;
}

int exit_code_of(const Survey& survey, bool inventory_whole) {
  int code = inventory_whole ? kDone : kFailed;
  for (const auto& each : survey.vms) {
    if (each.verdict == Verdict::wrong) return kPending;
    if (each.verdict == Verdict::doubtful) code = kFailed;
  }
  return code;
}

int status(Call& call) {
  return show_status(call, survey(call));
}

}  // namespace

std::vector<std::string> words_of(const cluster::Node& node) {
  std::vector<std::string> words{node.pending ? "joining" : node.online ? "online" : "offline"};
  if (node.unclean) words.emplace_back("to be fenced");
  if (node.standby) words.emplace_back("standby");
  if (node.standby_on_failure) words.emplace_back("standby after a failure");
  if (node.maintenance) words.emplace_back("maintenance");
  if (node.shutdown) words.emplace_back("leaving");
  return words;
}

int show_status(Call& call, const Survey& survey) {
  std::vector<Row> rows;
  for (const auto* each : in_order(survey.vms)) rows.push_back(row_of(*each));
  rows = filtered(call, rows);
  const bool for_people = !call.common().json && !call.flag("--no-headers");
  tell_duplicates(survey, for_people ? call.out() : call.err());
  print_rows(call, "havc.status/1", rows, style_of);
  if (for_people)
    call.out() << '\n' << summary_of(rows) << '\n' << nodes_of(survey) << doubts_of(survey);
  return exit_code_of(survey, call.reading().problems.empty());
}

const Command kStatus{
    .name = "status",
    .group = Group::look,
    .summary = "Show what VMs should be and what they are, problems first",
    .description = kDescription,
    .options = kOptions,
    .examples = kExamples,
    .columns = kColumns,
    .exit_status = kExit,
    .run = status,
};

}  // namespace havc::cli
