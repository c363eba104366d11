// Rules about what should be the same on all nodes: CPUs, versions, hugepages, the files that havc
// keeps there.

#include "base/text.h"
#include "health/health_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

namespace havc::health {

namespace {

using enum About;
using enum Severity;
using Values = std::map<std::string, std::string>;

void cpu_model(const Situation& situation, const Tell& tell) {
  Values models;
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (report.cpu_model.known()) models[node] = *report.cpu_model;
  });
  tell_odd_ones(models, "the CPU", tell);
}

using Flags = std::set<std::string>;

// What some node has and this one lacks; with another model it is so anyway, and told once.
void cpu_flags(const Situation& situation, const Tell& tell) {
  std::map<std::string, std::map<std::string, Flags>> by_model;
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (!report.cpu_model.known() || !report.cpu_flags.known()) return;
    const auto flags = text::split(*report.cpu_flags, " ");
    by_model[*report.cpu_model][node] = {flags.begin(), flags.end()};
  });
  for (const auto& [model, nodes] : by_model) {
    Flags all;
    for (const auto& [node, flags] : nodes) all.insert(flags.begin(), flags.end());
    for (const auto& [node, flags] : nodes) {
      std::vector<std::string> lacks;
      std::set_difference(all.begin(), all.end(), flags.begin(), flags.end(),
                          std::back_inserter(lacks));
      if (!lacks.empty()) tell(node, "its CPU lacks " + some_of(lacks));
    }
  }
}

void versions(const Situation& situation, const Tell& tell) {
  std::map<std::string, Values> by_package;
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (!report.packages.known()) return;
    for (const auto& [package, version] : *report.packages) by_package[package][node] = version;
  });
  for (const auto& [package, nodes] : by_package) tell_odd_ones(nodes, package, tell);
}

void own_version(const Situation& situation, const Tell& tell) {
  Values versions;
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    versions[node] = report.havc;
  });
  tell_odd_ones(versions, "the program havc", tell);
}

void hugepages(const Situation& situation, const Tell& tell) {
  Values totals;
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (!report.hugepages.known()) return;
    totals[node] = fmt::format("{} hugepages of {} KiB", report.hugepages->total,
                               report.hugepages->size / 1024);
  });
  tell_odd_ones(totals, "what is set aside", tell);
}

using File = node::File;

// Without an inventory nobody knows what should be there; that the nodes differ is lint's.
template <class Look>
void each_folder(const Situation& situation, Look look) {
  if (!situation.definitions) return;
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (report.domains.known()) look(node, *report.domains);
  });
}

void definition_missing(const Situation& situation, const Tell& tell) {
  each_folder(situation, [&](const std::string& node, const node::Folder& folder) {
    std::vector<std::string> names;
    for (const auto& [name, hash] : *situation.definitions) {
      if (!folder.file(name)) names.push_back(name);
    }
    if (!names.empty()) tell(node, fmt::format("{} has no {}", folder.path, some_of(names)));
  });
}

void definition_changed(const Situation& situation, const Tell& tell) {
  each_folder(situation, [&](const std::string& node, const node::Folder& folder) {
    std::vector<std::string> names;
    for (const auto& [name, hash] : *situation.definitions) {
      const File* file = folder.file(name);
      if (!file) continue;
      const bool same =
          file->kind == node::FileKind::regular && file->sha256.known() && *file->sha256 == hash;
      if (!same) names.push_back(name);
    }
    if (!names.empty()) {
      tell(node, fmt::format("in {}, not as the inventory says: {}", folder.path, some_of(names)));
    }
  });
}

void definition_extra(const Situation& situation, const Tell& tell) {
  each_folder(situation, [&](const std::string& node, const node::Folder& folder) {
    std::vector<std::string> names;
    for (const File& file : folder.files) {
      if (situation.definitions->count(file.path) == 0) names.push_back(file.path);
    }
    if (!names.empty()) {
      tell(node, fmt::format("in {}, not of the inventory: {}", folder.path, some_of(names)));
    }
  });
}

void copy_differs(const Situation& situation, const Tell& tell) {
  Values copies;
  each_report(situation, [&](const std::string& node, const node::Report& report) {
    if (!report.inventory.known()) return;
    std::size_t all = 0;
    for (const File& file : report.inventory->files) {
      const std::string text = file.path + (file.sha256.known() ? *file.sha256 : "?");
      all ^= std::hash<std::string>()(text);
    }
    copies[node] = fmt::format("{} files, {:016x}", report.inventory->files.size(), all);
  });
  tell_odd_ones(copies, "the inventory's copy", tell);
}

constexpr HealthRule kRules[] = {
    {{"cpu-flags-differ", node, warning, "CPUs of the same model can do different things",
      "A guest that uses them does not move there: another microcode or firmware setting.",
      "bring firmware and microcode of all nodes to the same state"},
     cpu_flags},
    {{"cpu-model-differs", node, hint, "a node has another CPU than most",
      "Guests with 'host-passthrough' or 'host-model' do not move between them.",
      "give guests a named CPU model that all nodes have"},
     cpu_model},
    {{"definition-changed", node, error, "a definition on a node is not the inventory's",
      "The guest starts there as somebody else wrote it, or with an old size.",
      "'havc sync', or correct the inventory and 'havc apply'"},
     definition_changed},
    {{"definition-extra", node, hint, "a node has a definition that is nobody's",
      "It is left over, or was put there by hand, and nobody keeps it the same on all nodes.",
      "remove it, or import it into the inventory"},
     definition_extra},
    {{"definition-missing", node, error, "a definition is missing on a node",
      "The guest does not start there.", "'havc sync'"},
     definition_missing},
    {{"havc-version-differs", node, warning, "nodes have different versions of havc",
      "They may not understand each other.", "install the same version on all nodes"},
     own_version},
    {{"hugepages-differ", node, warning, "nodes set different amounts of hugepages aside",
      "A guest that needs them does not start or move there.",
      "set the same vm.nr_hugepages on all nodes"},
     hugepages},
    {{"inventory-copy-differs", node, warning, "a node has another copy of the inventory",
      "It is the backup, and tells which inventory was applied last.", "'havc sync'"},
     copy_differs},
    {{"package-version-differs", node, hint, "nodes have different versions of a package",
      "Guests move to a newer QEMU, not back to an older one; Pacemaker's oldest decides.",
      "bring all nodes to the same versions"},
     versions},
};

}  // namespace

std::span<const HealthRule> sameness_rules() {
  return kRules;
}

}  // namespace havc::health
