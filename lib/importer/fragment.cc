#include "importer/fragment.h"

#include <algorithm>
#include <array>
#include <functional>

#include "base/error.h"
#include "base/text.h"
#include "xml/parts.h"

namespace havc::importer {

namespace {

using inventory::Vm;
using xml::Part;

void each(const Part& part, const std::function<void(const Part&)>& take) {
  take(part);
  for (const auto& child : part.children) each(child, take);
}

/// nvpairs of <section> directly below the primitive.
std::vector<std::pair<std::string, std::string>> pairs_of(const Part& primitive,
                                                          std::string_view section) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& child : primitive.children) {
    if (child.name != section) continue;
    for (const auto& pair : child.children)
      pairs.emplace_back(pair.attribute("name"), pair.attribute("value"));
  }
  return pairs;
}

std::string assignment(const std::string& name, const std::string& value) {
  return std::string(name).append("=").append(value);
}

void note_difference(const std::string& what, int counts, const std::string& other, const Vm& vm,
                     Notes& notes) {
  if (text::number(other) == static_cast<std::uint64_t>(counts)) return;
  notes.push_back({vm.name.text, "its definition has " + what + " " + std::to_string(counts) +
                                     ", its utilization " + text::quote(other) +
                                     ": the definition counts"});
}

void take_parameters(const Part& primitive, Vm& vm, Notes& notes) {
  for (const auto& [name, value] : pairs_of(primitive, "instance_attributes")) {
    if (name == "email") {
      if (!value.empty()) vm.email = value;
    } else if (name == "migration_downtime") {
      vm.migration_downtime = options::Text<inventory::Milliseconds>::parse(value);
    } else if (name != "config" && name != "hypervisor") {
      notes.push_back({vm.name.text, "parameter " + text::quote(assignment(name, value)) +
                                         " is not taken: the template of resources says it"});
    }
  }
}

void take_meta(const Part& primitive, Vm& vm, Notes& notes) {
  for (const auto& [name, value] : pairs_of(primitive, "meta_attributes")) {
    if (name == "target-role") {
      if (text::equal_ignoring_case(value, "stopped")) vm.wanted = inventory::Wanted::stopped;
    } else if (name == "priority") {
      vm.priority = options::Text<inventory::Priority>::parse(value);
    } else if (name != "allow-migrate" || !text::equal_ignoring_case(value, "true")) {
      notes.push_back({vm.name.text, "meta attribute " + text::quote(assignment(name, value)) +
                                         " is not taken: the template of resources says it"});
    }
  }
}

void take_timeouts(const Part& primitive, Vm& vm) {
  const Part* const operations = primitive.child("operations");
  if (operations == nullptr) return;
  for (const auto& operation : operations->children) {
    const auto time = seconds(operation.attribute("timeout"));
    const auto value = options::Text<inventory::Seconds>::parse(std::to_string(time.value_or(0)));
    if (!value) continue;
    if (operation.attribute("name") == "stop") vm.stop_timeout = *value;
    if (operation.attribute("name") == "migrate_to") vm.migration_timeout = *value;
  }
}

/// Pacemaker's scores; 0 for what is none.
int score_of(const std::string& text) {
  constexpr int kInfinity = 1000000;
  if (text::equal_ignoring_case(text, "INFINITY") || text::equal_ignoring_case(text, "+INFINITY"))
    return kInfinity;
  if (text.starts_with('-')) return -1;
  return static_cast<int>(text::number(text, kInfinity).value_or(0));
}

struct Preference {
  int score = 0;
  std::string node = {};
};

/// The node of a constraint, directly or by the rule "#uname eq NODE".
std::vector<Preference> preferences_of(const Part& location) {
  std::vector<Preference> found;
  if (!location.attribute("node").empty())
    found.push_back({score_of(location.attribute("score")), location.attribute("node")});
  for (const auto& rule : location.children) {
    if (rule.name != "rule" || rule.children.size() != 1) continue;
    const Part& expression = rule.children.front();
    if (expression.attribute("attribute") == "#uname" && expression.attribute("operation") == "eq")
      found.push_back({score_of(rule.attribute("score")), expression.attribute("value")});
  }
  return found;
}

bool is_about_network(const Part& location) {
  bool found = false;
  each(location, [&](const Part& part) { found |= part.attribute("attribute") == "pingd"; });
  return found;
}

}  // namespace

std::optional<int> seconds(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::uint64_t milliseconds;
  };
  static constexpr std::array<Unit, 9> kUnits{{{"", 1000},
                                               {"s", 1000},
                                               {"sec", 1000},
                                               {"ms", 1},
                                               {"msec", 1},
                                               {"m", 60000},
                                               {"min", 60000},
                                               {"h", 3600000},
                                               {"hr", 3600000}}};
  text = text::trim(text);
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = text::number(text.substr(0, end), 1000000);
  const auto* const unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& each) {
    return each.name == text::trim(text.substr(end));
  });
  if (!number || unit == kUnits.end()) return {};
  return static_cast<int>((*number * unit->milliseconds + 999) / 1000);
}

void take_resource(std::string_view text, const std::string& file, Vm& vm, Notes& notes) {
  const Part document = xml::read_parts(text, file);
  std::vector<const Part*> primitives;
  each(document, [&](const Part& part) {
    if (part.name == "primitive") primitives.push_back(&part);
  });
  if (primitives.size() != 1)
    throw Error(Fault::misconfigured,
                file + ":" + std::to_string(document.line) + ": it has " +
                    std::to_string(primitives.size()) + " primitives, not one",
                "leave the machine's own in it");
  const Part& primitive = *primitives.front();
  take_parameters(primitive, vm, notes);
  take_meta(primitive, vm, notes);
  take_timeouts(primitive, vm);
  for (const auto& [name, value] : pairs_of(primitive, "utilization")) {
    if (name == "cpu") note_difference("CPUs", vm.cpus.number, value, vm, notes);
    if (name == "memory") note_difference("MiB of memory", vm.memory.number, value, vm, notes);
  }
}

void take_constraint(std::string_view text, const std::string& file, Vm& vm, Notes& notes) {
  std::vector<Preference> preferences;
  const Part document = xml::read_parts(text, file);
  each(document, [&](const Part& part) {
    if (part.name == "rsc_location") {
      const auto found = preferences_of(part);
      if (found.empty() && !is_about_network(part))
        notes.push_back({vm.name.text, "constraint " + text::quote(part.attribute("id")) +
                                           " is not taken: no key says it"});
      preferences.insert(preferences.end(), found.begin(), found.end());
    } else if (part.name == "rsc_colocation" || part.name == "rsc_order") {
      notes.push_back({vm.name.text, "constraint " + text::quote(part.attribute("id")) +
                                         " is not taken: no key says it"});
    }
  });
  std::stable_sort(preferences.begin(), preferences.end(),
                   [](const auto& one, const auto& other) { return one.score > other.score; });
  vm.nodes.clear();
  for (const auto& preference : preferences) {
    const auto node = options::Text<inventory::NodeName>::parse(preference.node);
    const bool twice = node && std::find(vm.nodes.begin(), vm.nodes.end(), *node) != vm.nodes.end();
    if (node && preference.score > 0 && vm.nodes.size() < 2 && !twice) {
      vm.nodes.push_back(*node);
    } else if (!twice) {
      notes.push_back({vm.name.text, "that it " +
                                         std::string(preference.score > 0 ? "prefers" : "avoids") +
                                         " node " + text::quote(preference.node) +
                                         " is not taken: no key says it"});
    }
  }
}

}  // namespace havc::importer
