// havc lint: what is configured against the rules that keep guests alive.

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "havc/commands.h"
#include "havc/findings.h"
#include "havc/reach.h"
#include "health/lint.h"
#include "inventory/render.h"
#include "node/ask.h"
#include "remote/everywhere.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {
    kVmsFound,
    kOnlyOption,
    kIgnoreOption,
    kListOption,
};

constexpr Example kExamples[] = {
    {"What is wrong with some VMs:", "havc lint 'WEB-*'"},
    {"The configuration of another cluster:", "havc lint --cib cib.xml --config /nowhere"},
    {"For monitoring, without what is meant to be so:",
     "havc lint --ignore even-votes --no-headers"},
};

struct Looking {
  health::Material material = {};
  cluster::Status status = {};
  std::vector<std::string> missed = {};
};

void take_inventory(Call& call, Looking& looking) {
  const auto& reading = call.reading();
  if (!reading.problems.empty()) {
    looking.missed.push_back(reading.problems.front().problem() + "; see 'havc check'");
    return;
  }
  looking.material.inventory = &reading.inventory;
  auto templates = call.templates();
  for (const auto& vm : reading.inventory.vms) {
    try {
      looking.material.definitions.push_back(
          {vm.identity.fqn, {}, inventory::domain_xml(vm, reading.inventory.cluster, templates)});
    } catch (const Error& error) {
      looking.missed.push_back(vm.identity.fqn + ": " + error.what());
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
      looking.missed.push_back(
          vms[i] + ": " +
          (result != nullptr ? result->words() : std::string(std::get<Error>(answers[i]).what())));
    }
  }
}

void take_nodes(Call& call, Looking& looking, const Reach& reach, const remote::Host& host) {
  take_foreign(call, looking, reach.run(), host);
  node::Question question = question_for(looking.material);
  for (auto& each : node::ask_nodes(reach.nodes(), question, reach.run(), call.deadline())) {
    if (each.report)
      looking.material.reports[each.host.name] = std::move(*each.report);
    else
      looking.missed.push_back(fmt::format("node '{}': {}", each.host.name, each.trouble->what()));
  }
}

void take_all(Call& call, Looking& looking) {
  take_inventory(call, looking);
  const Reach reach(call);
  auto asked = reach.ask();
  looking.material.configuration = std::move(asked.configuration);
  looking.status = std::move(asked.status);
  looking.material.status = &looking.status;
  if (call.common().cib.empty()) take_nodes(call, looking, reach, asked.host);
}

Looked look(Call& call) {
  Looking looking;
  take_all(call, looking);
  auto findings = health::lint(looking.material);
  keep_meant(call, looking.material.configuration.vms, findings);
  return {std::move(findings), std::move(looking.missed)};
}

int lint(Call& call) {
  return tell_findings(call, "havc.lint/1", health::lint_rules(), look);
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
        "in cluster.toml, which holds for 'havc health', too.",
    .options = kOptions,
    .examples = kExamples,
    .columns = kFindingColumns,
    .exit_status = kFindingExitStatus,
    .run = lint,
};

}  // namespace havc::cli
