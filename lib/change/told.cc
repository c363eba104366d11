#include "change/told.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace havc::change {

namespace {

using Json = nlohmann::ordered_json;
using Lines = std::vector<std::string>;
using Kind = VmChange::Kind;

/// How each kind is shown before a machine's name, and in the summary.
struct Sign {
  std::string_view sign;
  std::string_view behind;   ///< the name
  std::string_view summary;  ///< "2 to add"
};
constexpr std::array<Sign, 5> kSigns{
    Sign{" ", "", ""}, Sign{"+", " is added", "to add"}, Sign{"~", " changes", "to change"},
    Sign{"-", " is stopped, then removed", "to remove"}, Sign{"-", " is removed", "to remove"}};

const Sign& sign_of(Kind kind) {
  return kSigns.at(static_cast<std::size_t>(kind));
}

void block(std::string& text, const std::string& title, const Lines& lines) {
  if (lines.empty()) return;
  text += title + "\n";
  for (const auto& line : lines) text += "    " + line + "\n";
}

std::string machine(const VmChange& vm) {
  const Sign& sign = sign_of(vm.kind);
  std::string text = fmt::format("{} {}{}\n", sign.sign, vm.id, sign.behind);
  for (const auto& each : vm.details) text += "    " + each + "\n";
  for (const auto& each : vm.consequences) text += "    => " + each + "\n";
  for (const auto& each : vm.after_restart) text += "    after its next start: " + each + "\n";
  if (vm.kind != Kind::none)
    for (const auto& each : vm.kept) text += "    kept, not havc's: " + each + "\n";
  return text;
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? " file" : " files");
}

Lines files_of(const NodeChange& node, const Detail& detail) {
  if (!node.reached) return {fmt::format("{}: not reached: {}", node.node, node.reason)};
  const std::pair<std::string_view, const Lines*> all[] = {
      {"new", &node.add}, {"changed", &node.replace}, {"superfluous", &node.remove}};
  Lines parts;
  Lines lines;
  for (const auto& [what, paths] : all) {
    if (!paths->empty()) parts.push_back(counted(paths->size(), what));
    if (!detail.paths) continue;
    for (const auto& path : *paths) lines.push_back(fmt::format("  {} {}", what, path));
  }
  if (!parts.empty())
    lines.insert(lines.begin(), fmt::format("{}: {}", node.node, text::join(parts, ", ")));
  return lines;
}

Lines words_of(const std::vector<Error>& problems) {
  Lines lines;
  lines.reserve(problems.size());
  for (const auto& each : problems) lines.emplace_back(each.what());
  return lines;
}

bool changes(const NodeChange& node) {
  return !node.add.empty() || !node.replace.empty() || !node.remove.empty();
}

Json json_of(const VmChange& vm) {
  return {{"vm", vm.id},
          {"kind", name_of(vm.kind)},
          {"details", vm.details},
          {"consequences", vm.consequences},
          {"after_restart", vm.after_restart},
          {"kept", vm.kept}};
}

Json json_of(const NodeChange& node) {
  Json json{{"node", node.node}, {"reached", node.reached}};
  json["reason"] = node.reached ? Json() : Json(node.reason);
  json["add"] = node.add;
  json["replace"] = node.replace;
  json["remove"] = node.remove;
  return json;
}

}  // namespace

std::string summary_of(const Plan& plan) {
  std::array<std::size_t, kSigns.size()> counts{};
  for (const auto& vm : plan.vms) ++counts.at(static_cast<std::size_t>(vm.kind));
  Lines parts;
  const auto count = [&](std::size_t amount, Kind kind) {
    if (amount != 0) parts.push_back(fmt::format("{} {}", amount, sign_of(kind).summary));
  };
  count(counts[1], Kind::add);
  count(counts[2], Kind::change);
  count(counts[3] + counts[4], Kind::remove);
  if (!plan.cluster.empty()) parts.emplace_back("the cluster's own configuration changes");
  Lines nodes;
  Lines missing;
  for (const auto& node : plan.nodes) {
    if (changes(node)) nodes.push_back(node.node);
    if (!node.reached) missing.push_back(node.node);
  }
  if (!nodes.empty()) parts.push_back("files for " + text::join(nodes, ", "));
  std::string text = parts.empty() ? "nothing to do" : text::join(parts, "; ");
  if (!plan.nodes_looked_at) text += "; the nodes' files were not looked at";
  if (!missing.empty()) text += "; not known: the files of " + text::join(missing, ", ");
  if (!plan.problems.empty())
    text += fmt::format("; it cannot be applied: {} problem{}", plan.problems.size(),
                        plan.problems.size() == 1 ? "" : "s");
  return text;
}

std::string text_of(const Plan& plan, const Detail& detail) {
  std::string text;
  for (const auto& vm : plan.vms) text += machine(vm);
  block(text, "the cluster", plan.cluster);
  block(text, "other things that Pacemaker would do", plan.consequences);
  Lines files;
  for (const auto& node : plan.nodes) {
    const auto lines = files_of(node, detail);
    files.insert(files.end(), lines.begin(), lines.end());
  }
  block(text, "files", files);
  block(text, "in the cluster without a file here, and left alone", plan.foreign);
  block(text, "to be known", plan.notes);
  block(text, "problems", words_of(plan.problems));
  return text + summary_of(plan) + "\n";
}

std::string json_of(const Plan& plan) {
  Json json{{"schema", "havc.plan/1"},     {"changes", plan.changes()},
            {"summary", summary_of(plan)}, {"vms", Json::array()},
            {"cluster", plan.cluster},     {"consequences", plan.consequences},
            {"nodes", Json::array()},      {"foreign", plan.foreign},
            {"notes", plan.notes},         {"problems", Json::array()}};
  for (const auto& vm : plan.vms) json["vms"].push_back(json_of(vm));
  if (!plan.nodes_looked_at) json["nodes"] = nullptr;
  for (const auto& node : plan.nodes) json["nodes"].push_back(json_of(node));
  for (const auto& each : plan.problems)
    json["problems"].push_back({{"problem", each.problem()}, {"remedy", each.remedy()}});
  // Words of other programs need not be UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace havc::change
