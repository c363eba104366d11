#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "base/calendar.h"
#include "change/files.h"
#include "node/sha256.h"

namespace havc::change {

namespace {

constexpr std::array<std::string_view, 4> kWords{
    "is missing", "differs", "is no file of this mode that can be read", "is nobody's"};

bool matches(const std::string& path, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& each) {
    return fnmatch(each.c_str(), path.c_str(), 0) == 0;
  });
}

std::string path_in(std::string_view folder, const std::string& name) {
  return fmt::format("{}/{}", folder, name);
}

/// What is wrong with one file; nothing when it is right.
std::optional<Drift::Kind> judge(const node::File* file, const std::string& hash,
                                 std::optional<unsigned> mode) {
  if (file == nullptr) return Drift::Kind::missing;
  const bool readable = file->kind == node::FileKind::regular && file->sha256.known();
  if (!readable || (mode && file->mode != *mode)) return Drift::Kind::odd;
  if (*file->sha256 != hash) return Drift::Kind::differs;
  return {};
}

/// One node's drift in one folder.
class Comparison {
 public:
  Comparison(const std::string& node, std::string_view place, const node::Folder& folder,
             std::vector<Drift>& drift)
      : node_(node), place_(place), folder_(folder), drift_(drift) {}

  void expect(const std::string& name, const std::string& hash, std::optional<unsigned> mode) {
    expected_.push_back(name);
    const node::File* file = folder_.file(name);
    if (const auto kind = judge(file, hash, mode)) add(name, *kind, file);
  }
  void finish() {
    for (const auto& file : folder_.files) {
      if (std::find(expected_.begin(), expected_.end(), file.path) == expected_.end())
        add(file.path, Drift::Kind::extra, &file);
    }
  }

 private:
  const std::string& node_;
  std::string_view place_;
  const node::Folder& folder_;
  std::vector<Drift>& drift_;
  std::vector<std::string> expected_ = {};

  void add(const std::string& name, Drift::Kind kind, const node::File* file) {
    drift_.push_back({node_, path_in(place_, name), kind, file == nullptr ? "" : since(*file)});
  }
  static std::string since(const node::File& file) {
    return file.changed == 0 ? std::string() : local_time("%Y-%m-%d %H:%M:%S", file.changed);
  }
};

bool belongs(const Holdings& holdings, const std::string& path, const std::string& node) {
  const auto only = holdings.local.find(path);
  return only == holdings.local.end() || only->second == node;
}

}  // namespace

std::string Drift::text() const {
  std::string words = fmt::format("{}: {} {}", node, path, kWords[static_cast<std::size_t>(kind)]);
  if (!since.empty()) words += ", since " + since;
  return words;
}

Holdings holdings_of(const Wish& wish, const Copy& inventory,
                     inventory::TemplateFolders& templates) {
  Holdings holdings{.definitions = files_of(wish, templates), .inventory = inventory};
  for (const auto& vm : wish.inventory.vms) {
    if (vm.kind == inventory::Kind::local && !vm.nodes.empty())
      holdings.local[path_in(kDefinitionFolder, vm.identity.fqn + ".xml")] = vm.nodes.front().text;
  }
  return holdings;
}

std::vector<Drift> drift_of(const Holdings& holdings, const Look& look,
                            const std::vector<std::string>& allowed) {
  std::vector<Drift> all;
  const auto prefix = kDefinitionFolder.size() + 1;
  for (const auto& node : look.nodes) {
    if (node.trouble) continue;
    Comparison definitions(node.host.name, kDefinitionFolder, node.definitions, all);
    for (const auto& [path, file] : holdings.definitions) {
      if (belongs(holdings, path, node.host.name))
        definitions.expect(path.substr(prefix), file.hash, kDefinitionMode);
    }
    definitions.finish();
    Comparison copy(node.host.name, node::kInventoryFolder, node.inventory, all);
    for (const auto& [name, content] : holdings.inventory)
      copy.expect(name, node::sha256(content), {});
    if (const auto* stamp = node.inventory.file(kStampFile);
        stamp != nullptr && stamp->sha256.known())
      copy.expect(kStampFile, *stamp->sha256, {});
    copy.finish();
  }
  std::erase_if(all, [&](const Drift& each) { return matches(each.path, allowed); });
  return all;
}

Plan plan_of(const Holdings& holdings, const Look& look, const std::vector<Drift>& drift) {
  Plan plan{.files = holdings.definitions, .nodes_looked_at = true};
  for (const auto& node : look.nodes) {
    NodeChange change{.node = node.host.name, .reached = !node.trouble};
    if (node.trouble) change.reason = node.trouble->problem();
    for (const auto& each : drift) {
      if (each.node != change.node || !plan.files.contains(each.path)) continue;
      (each.kind == Drift::Kind::missing ? change.add : change.replace).push_back(each.path);
    }
    plan.nodes.push_back(std::move(change));
  }
  return plan;
}

}  // namespace havc::change
