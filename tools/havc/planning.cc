#include "havc/planning.h"

#include <algorithm>
#include <future>

#include "cluster/access.h"
#include "inventory/select.h"

namespace havc::cli {

namespace {

/// Each costs a round trip; beyond that many, a template has changed, and one stands for all.
constexpr std::size_t kMostFetched = 24;

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

/// What is there now of what differs, and what a machine that runs was started with.
void take_details(const Reach& reach, const std::map<std::string, change::File>& wanted,
                  Planned& planned, Deadline deadline) {
  for (const auto& [path, host] : differing(wanted, *planned.actual.nodes, reach)) {
    if (auto text = output_of(reach, host, {"cat", path}, deadline))
      planned.actual.definitions[path] = std::move(*text);
    std::string id = word_after(path, '/');
    id.resize(id.size() - std::string_view(".xml").size());
    const auto* const resource = planned.actual.status.resource(id);
    if (resource == nullptr || !resource->active || resource->nodes.size() != 1) continue;
    if (auto live = output_of(reach, reach.node(resource->nodes.front()),
                              {"virsh", "--readonly", "--connect", "qemu:///system", "dumpxml", id},
                              deadline))
      planned.actual.running[id] = std::move(*live);
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

Planned make_plan(Call& call, const Reach& reach, change::Wish wish, Duration simulating) {
  Planned planned{.wish = std::move(wish)};
  auto templates = call.templates();
  const bool from_file = !call.common().cib.empty();
  std::future<change::Look> look;
  if (!from_file)
    look = std::async(std::launch::async,
                      [&] { return change::look(reach.nodes(), reach.run(), call.deadline()); });
  if (from_file) {
    take_file(call, reach, planned.actual);
  } else {
    auto asked = reach.ask();
    planned.actual.cib = std::move(asked.configuration_text);
    planned.actual.source = std::move(asked.source);
    planned.actual.status = std::move(asked.status);
    planned.look = look.get();
    planned.actual.nodes = planned.look.node_files();
    const auto files = files_or_none(planned.wish, templates);
    take_details(reach, files, planned, call.deadline());
  }
  planned.plan = change::make_plan(planned.wish, planned.actual, templates,
                                   Deadline::after(call.deadline().clock(), simulating));
  return planned;
}

}  // namespace havc::cli
