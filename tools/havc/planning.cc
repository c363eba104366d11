#include "havc/planning.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "base/text.h"
#include "cluster/access.h"
#include "havc/double.h"
#include "inventory/select.h"

namespace havc::cli {

namespace {

/// Each costs a round trip; beyond that many, a template has changed, and one stands for all.
constexpr std::size_t kMostFetched = 24;
// Of their own: a node that is off has cost the rest.
constexpr std::chrono::seconds kForDetails{5};
constexpr std::chrono::seconds kForLookingAgain{10};

std::string word_after(const std::string& path, char separator) {
  return path.substr(path.rfind(separator) + 1);
}

/// Standard output of a program on a node; nothing when it cannot be had: a plan says less then.
std::optional<std::string> output_of(const Reach& reach, const remote::Host& host,
                                     std::vector<std::string> arguments, Deadline deadline) {
  try {
    const auto result = reach.run()(host, {.arguments = std::move(arguments)}, deadline);
    if (result.exit_code == 0) return result.output;
  } catch (const Error&) {  // told by the look at the nodes
  }
  return {};
}

/// path → the first node that has another file there than it should.
std::map<std::string, remote::Host> differing(const std::map<std::string, change::File>& wanted,
                                              const std::vector<change::NodeFiles>& nodes,
                                              const Reach& reach) {
  std::map<std::string, remote::Host> found;
  for (const auto& node : nodes) {
    for (const auto& [path, hash] : node.hashes) {
      const auto file = wanted.find(path);
      if (file != wanted.end() && file->second.hash != hash && found.size() < kMostFetched)
        found.emplace(path, reach.node(node.node));
    }
  }
  return found;
}

/// None when its node is not asked in vain: it runs on one, whose libvirt answers.
std::optional<remote::Host> node_of_domain(const std::string& id, const cluster::Status& status,
                                           const std::vector<node::NodeReport>& reports) {
  const auto* const resource = status.resource(id);
  if (resource == nullptr || !resource->active || resource->nodes.size() != 1) return {};
  for (const auto& each : reports) {
    const bool answers = each.report && each.report->libvirt.known();
    if (answers && each.host.name == resource->nodes.front()) return each.host;
  }
  return {};
}

/// What is there now of what differs, and what a machine that runs was started with.
void take_details(const Reach& reach, const std::map<std::string, change::File>& wanted,
                  const std::vector<node::NodeReport>& reports, change::Actual& actual,
                  Deadline deadline) {
  for (const auto& [path, host] : differing(wanted, *actual.nodes, reach)) {
    if (auto text = output_of(reach, host, {"cat", path}, deadline))
      actual.definitions[path] = std::move(*text);
    std::string id = word_after(path, '/');
    id.resize(id.size() - std::string_view(".xml").size());
    const auto node = node_of_domain(id, actual.status, reports);
    if (!node) continue;
    if (auto live = output_of(reach, *node,
                              {"virsh", "--readonly", "--connect", "qemu:///system", "dumpxml", id},
                              deadline))
      actual.running[id] = std::move(*live);
  }
}

void take_file(const Call& call, const Reach& reach, change::Actual& actual) {
  const std::string& file = call.common().cib;
  actual.cib = cluster::read_cib(file);
  actual.source = file;
  actual.ask_status = [&call, &reach, file] {
    return cluster::ask_file_status(file, reach.run(), call.deadline());
  };
}

std::map<std::string, change::File> files_or_none(const change::Wish& wish,
                                                  inventory::TemplateFolders& templates) {
  try {
    return change::files_of(wish, templates);
  } catch (const Error&) {  // the plan names it
    return {};
  }
}

bool shall_run(const Outlook& outlook) {
  return outlook.vm != nullptr && outlook.vm->wanted == inventory::Wanted::started;
}

struct BehindIt {
  std::vector<Outlook> doubles = {};      ///< run where Pacemaker does not know of it
  std::vector<std::string> unknown = {};  ///< nodes of which it is not known, in words
};

std::vector<std::string> silent_of(const std::vector<node::NodeReport>& reports) {
  std::vector<std::string> lines;
  for (const auto& each : reports) {
    if (!each.report || each.report->libvirt.known()) continue;
    lines.push_back(
        fmt::format("libvirt on {} does not say what runs there behind Pacemaker's back: {}",
                    text::quote(each.host.name), each.report->libvirt.unknown));
  }
  return lines;
}

/// The cluster and all nodes at once, each node for its files and its libvirt: what of both does
/// not answer is not known by itself.
BehindIt ask_all(const Reach& reach, inventory::TemplateFolders& templates, Deadline deadline,
                 Planned& planned) {
  auto asking = std::async(std::launch::async, [&] {
    return node::ask_nodes(reach.nodes(), {.libvirt = true, .files = true}, reach.run(), deadline);
  });
  auto asked = reach.ask(deadline);
  const auto reports = asking.get();
  planned.look = change::look_of(reports, reach.run(), deadline);
  auto& actual = planned.actual;
  actual.cib = std::move(asked.configuration_text);
  actual.source = std::move(asked.source);
  actual.status = std::move(asked.status);
  actual.nodes = planned.look.node_files();
  take_details(reach, files_or_none(planned.wish, templates), reports, actual,
               Deadline::after(deadline.clock(), kForDetails));
  BehindIt found{confirmed(doubles_of(planned.wish, reports, {actual.status, &asked.configuration}),
                           reports, reach, Deadline::after(deadline.clock(), kForLookingAgain)),
                 silent_of(reports)};
  for (const auto& each : found.doubles) {
    if (!shall_run(each)) actual.elsewhere.insert(each.id);
  }
  return found;
}

/// One that would start a second time stands in the way; the others are to be known.
void take_double(const Outlook& found, bool restarts, Planned& planned) {
  planned.doubles.push_back(words_of(found));
  auto& plan = planned.plan;
  const bool touched = restarts || std::any_of(plan.vms.begin(), plan.vms.end(),
                                               [&](const auto& vm) { return vm.id == found.id; });
  if (shall_run(found) && touched)
    return plan.problems.push_back(refusal_of(found, planned.actual.status));
  plan.notes.push_back(words_of(found));
  if (shall_run(found)) planned.untouched.push_back(refusal_of(found, planned.actual.status));
}

}  // namespace

change::Wish wish_of(Call& call, const std::vector<std::string>& words) {
  change::Wish wish{.inventory = call.inventory()};
  if (words.empty()) return wish;
  wish.selected.emplace();
  wish.cluster_pieces = false;
  for (const auto* vm : inventory::select(call.inventory().vms, words, inventory::NoWords::refuse))
    wish.selected->insert(vm->identity.fqn);
  return wish;
}

Planned make_plan(Call& call, const Reach& reach, Planning planning) {
  Planned planned{.wish = std::move(planning.wish)};
  auto templates = call.templates(planning.folder);
  BehindIt found;
  if (!call.common().cib.empty())
    take_file(call, reach, planned.actual);
  else
    found = ask_all(reach, templates, planning.looking, planned);
  planned.plan = change::make_plan(planned.wish, planned.actual, templates,
                                   Deadline::after(call.deadline().clock(), planning.simulating));
  for (const auto& each : found.doubles) take_double(each, planning.restarts, planned);
  if (planned.plan.changes() || planning.restarts) {
    auto& notes = planned.plan.notes;
    notes.insert(notes.end(), found.unknown.begin(), found.unknown.end());
  }
  return planned;
}

}  // namespace havc::cli
