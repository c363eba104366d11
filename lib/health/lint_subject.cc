#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "cluster/overview.h"
#include "health/lint_rule.h"

#include <fmt/format.h>

namespace havc::health {

namespace {

constexpr std::uint64_t kMebibyte = 1 << 20;

std::optional<std::string> value(const cluster::Values& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

/// Of the names that templates and agents use: ours, then VirtualDomain's.
std::uint64_t amount(const cluster::Values& utilization, std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    if (const auto text = value(utilization, name))
      return static_cast<std::uint64_t>(cluster::amount_of(*text));
  }
  return 0;
}

std::uint64_t cpu_amount(const cluster::Values& utilization) {
  return amount(utilization, {"cpu"});
}

std::uint64_t memory_amount(const cluster::Values& utilization) {
  return amount(utilization, {"memory", "host_memory", "hv_memory"});
}

}  // namespace

Subject::Subject(const Material& material) : material_(material) {
  for (const auto& text : material.definitions) {
    try {
      definitions_.push_back(read_definition(text));
    } catch (const Error& error) {
      unreadable_.emplace_back(text.vm, error.problem());
    }
  }
}

std::string Subject::option(const std::string& name) const {
  return value(configuration().options, name).value_or("");
}

std::optional<std::string> Subject::resource_default(const std::string& name) const {
  return value(configuration().resource_defaults, name);
}

std::optional<std::string> Subject::meta(const cluster::Primitive& resource,
                                         const std::string& name) const {
  if (auto own = value(resource.meta, name)) return own;
  for (auto parent = resource.parents.rbegin(); parent != resource.parents.rend(); ++parent) {
    const auto* container = configuration().container(*parent);
    if (container == nullptr) continue;
    if (auto inherited = value(container->meta, name)) return inherited;
  }
  return resource_default(name);
}

std::vector<std::string> Subject::members() const {
  std::vector<std::string> names;
  for (const auto& node : configuration().nodes) {
    if (node.type == "member") names.push_back(node.name);
  }
  return names;
}

std::vector<std::string> Subject::node_names() const {
  std::set<std::string> names;
  for (const auto& node : configuration().nodes) names.insert(node.name);
  for (const auto* resources : {&configuration().vms, &configuration().others}) {
    for (const auto& each : *resources) {
      if (each.agent == "ocf:pacemaker:remote") names.insert(each.id);
      if (const auto guest = value(each.meta, "remote-node")) names.insert(*guest);
    }
  }
  if (status() != nullptr) {
    for (const auto& node : status()->nodes) names.insert(node.name);
  }
  return {names.begin(), names.end()};
}

std::vector<const cluster::Primitive*> Subject::fence_devices() const {
  std::vector<const cluster::Primitive*> devices;
  for (const auto& each : configuration().others) {
    if (each.agent.starts_with("stonith:")) devices.push_back(&each);
  }
  return devices;
}

std::uint64_t Subject::memory_of(const cluster::Primitive& vm) const {
  constexpr std::uint64_t kKibibytes = 1024;
  const auto* definition = definition_of(vm.id);
  return definition != nullptr ? definition->devices.memory_kib / kKibibytes
                               : memory_amount(vm.utilization);
}

std::uint64_t Subject::cpus_of(const cluster::Primitive& vm) const {
  const auto* definition = definition_of(vm.id);
  return definition != nullptr ? definition->devices.vcpus : cpu_amount(vm.utilization);
}

std::uint64_t Subject::cpus_of(const std::string& node) const {
  const auto report = reports().find(node);
  if (report != reports().end() && report->second.cpus.known()) return *report->second.cpus;
  const auto* listed = inventory_node(node);
  if (listed != nullptr && listed->cpus) return static_cast<std::uint64_t>(listed->cpus->number);
  const auto* configured = configuration().node(node);
  return configured == nullptr ? 0 : cpu_amount(configured->utilization);
}

std::uint64_t Subject::memory_of(const std::string& node) const {
  const auto report = reports().find(node);
  if (report != reports().end() && report->second.memory.known())
    return report->second.memory->total / kMebibyte;
  const auto* listed = inventory_node(node);
  if (listed != nullptr && listed->memory)
    return static_cast<std::uint64_t>(listed->memory->number);
  const auto* configured = configuration().node(node);
  return configured == nullptr ? 0 : memory_amount(configured->utilization);
}

const Definition* Subject::definition_of(std::string_view vm) const {
  const Definition* any = nullptr;
  for (const auto& each : definitions_) {
    if (each.vm != vm) continue;
    if (each.node.empty()) return &each;
    if (any == nullptr) any = &each;
  }
  return any;
}

const inventory::Node* Subject::inventory_node(const std::string& name) const {
  if (inventory() == nullptr) return nullptr;
  const auto& nodes = inventory()->cluster.nodes;
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [&](const auto& node) { return node.name.text == name; });
  return found == nodes.end() ? nullptr : &*found;
}

bool is_true(const std::optional<std::string>& text) {
  for (const auto* word : {"true", "on", "yes", "y", "1"}) {
    if (text && text::equal_ignoring_case(*text, word)) return true;
  }
  return false;
}

bool is_false(const std::optional<std::string>& text) {
  for (const auto* word : {"false", "off", "no", "n", "0"}) {
    if (text && text::equal_ignoring_case(*text, word)) return true;
  }
  return false;
}

std::string seconds_text(std::chrono::milliseconds time) {
  return fmt::format("{} s", std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i)
    shown.push_back(text::quote(names[i]));
  std::string text = text::join(shown, ", ");
  if (names.size() > kShown) text += fmt::format(" and {} more", names.size() - kShown);
  return text;
}

}  // namespace havc::health
