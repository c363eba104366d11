#include "change/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/process.h"
#include "base/text.h"
#include "change/workplace.h"
#include "xml/edit.h"
#include "xml/tree.h"

namespace havc::change {

namespace {

constexpr std::array<std::string_view, 5> kSecret{"pass", "secret", "community", "token", "key"};

bool secret(const std::string& name) {
  const std::string small = text::lower(name);
  return std::any_of(kSecret.begin(), kSecret.end(),
                     [&](std::string_view each) { return small.find(each) != std::string::npos; });
}

std::string attribute(const xml::Node& element, std::string_view name) {
  return element.attribute(name).value_or("");
}

/// libvirt's units, in KiB; its default is KiB.
std::string mebibytes(const xml::Node& memory) {
  static const std::map<std::string, std::uint64_t> kKibibytes{
      {"k", 1},           {"KiB", 1},           {"M", 1024}, {"MiB", 1024},
      {"G", 1024 * 1024}, {"GiB", 1024 * 1024}, {"", 1}};
  const auto unit = kKibibytes.find(attribute(memory, "unit"));
  const auto amount = text::number(text::trim(memory.text()), 1ULL << 40U);
  if (unit == kKibibytes.end() || !amount) return memory.text() + attribute(memory, "unit");
  return std::to_string(*amount * unit->second / 1024) + " MiB";
}

constexpr const char* kMachine = "kind of machine";

/// What has a name, in the order in which it is told: name → value.
using Facts = std::vector<std::pair<std::string, std::string>>;

std::string source_of(const xml::Node& element) {
  const auto source = element.child("source");
  if (!source) return "none";
  for (const auto* name : {"file", "dev", "bridge", "network", "name", "volume"})
    if (const auto value = source->attribute(name)) return *value;
  return "another source";
}

void take_text(const xml::Node& root, const char* element, const std::string& name, Facts& facts) {
  if (const auto found = root.child(element))
    facts.emplace_back(name, std::string(text::trim(found->text())));
}

void take_devices(const xml::Node& devices, Facts& facts) {
  for (const auto& disk : devices.children("disk")) {
    const auto target = disk.child("target");
    facts.emplace_back("disk " + (target ? attribute(*target, "dev") : ""), source_of(disk));
  }
  int number = 0;
  for (const auto& card : devices.children("interface")) {
    const std::string name = fmt::format("card {}", ++number);
    const auto mac = card.child("mac");
    facts.emplace_back(name + " MAC", mac ? text::lower(attribute(*mac, "address")) : "none");
    facts.emplace_back(name + " network", source_of(card));
  }
}

Facts facts_of(const xml::Node& root) {
  Facts facts;
  take_text(root, "vcpu", "cpus", facts);
  if (const auto memory = root.child("memory")) facts.emplace_back("memory", mebibytes(*memory));
  take_text(root, "uuid", "UUID", facts);
  if (!facts.empty() && facts.back().first == "UUID")
    facts.back().second = text::lower(facts.back().second);
  const auto os = root.child("os");
  const auto type = os ? os->child("type") : std::nullopt;
  if (type) facts.emplace_back(kMachine, attribute(*type, "machine"));
  if (const auto devices = root.child("devices")) take_devices(*devices, facts);
  return facts;
}

std::optional<std::string> find(const Facts& facts, const std::string& name) {
  const auto found = std::find_if(facts.begin(), facts.end(),
                                  [&](const auto& each) { return each.first == name; });
  return found == facts.end() ? std::nullopt : std::optional(found->second);
}

/// In the XML of a domain that runs libvirt names the version that a name without one stood for on
/// its node: pc-i440fx-7.2 for "pc", pc-q35-7.2 for "q35", virt-7.2 for "virt".
bool stands_for(const std::string& defined, const std::string& running) {
  if (defined.empty()) return true;  // the default of its QEMU
  const std::string family = defined == "pc" ? "pc-i440fx" : defined == "q35" ? "pc-q35" : defined;
  // "pc-i440fx-7" is a name with a version: what follows it is a dot.
  return running.starts_with(family + "-");
}

/// The same machine, by the name that the domain that runs has.
void take_running_machine(const Facts& running, Facts& defined) {
  const auto runs = find(running, kMachine);
  const auto fact = std::find_if(defined.begin(), defined.end(),
                                 [](const auto& each) { return each.first == kMachine; });
  if (runs && fact != defined.end() && stands_for(fact->second, *runs)) fact->second = *runs;
}

/// "1024 MiB" and "2048 MiB": the unit once.
std::string fact_words(const std::string& name, const std::optional<std::string>& before,
                       const std::optional<std::string>& after) {
  constexpr std::string_view kUnit = " MiB";
  if (before && after && before->ends_with(kUnit))
    return fmt::format("{} {} -> {}", name, before->substr(0, before->size() - kUnit.size()),
                       *after);
  return name + " " + transition(before, after);
}

/// Takes away what facts_of tells, so that the rest can be compared.
void strip(xml::Node root) {
  for (const auto* name : {"vcpu", "memory", "uuid", "metadata"})
    if (auto found = root.child(name)) found->remove();
  const auto os = root.child("os");
  if (os)
    if (auto type = os->child("type")) type->unset("machine");
  const auto devices = root.child("devices");
  if (!devices) return;
  for (auto disk : devices->children("disk")) disk.remove();
  for (const auto& card : devices->children("interface"))
    for (const auto* name : {"mac", "source"})
      if (auto found = card.child(name)) found->remove();
}

/// What a disk is beside its source, by its target.
std::map<std::string, std::string> disks_of(const xml::Node& root) {
  std::map<std::string, std::string> all;
  const auto devices = root.child("devices");
  for (const auto& disk : devices ? devices->children("disk") : std::vector<xml::Node>()) {
    if (auto source = disk.child("source")) source->remove();
    const auto target = disk.child("target");
    all[target ? attribute(*target, "dev") : ""] = xml::canonical(disk.markup());
  }
  return all;
}

/// Those that come or go are told already.
bool same_disks(const xml::Node& one, const xml::Node& two) {
  const auto others = disks_of(two);
  for (const auto& [target, text] : disks_of(one)) {
    const auto other = others.find(target);
    if (other != others.end() && other->second != text) return false;
  }
  return true;
}

bool same_metadata(const xml::Node& one, const xml::Node& two) {
  const auto left = one.child("metadata");
  const auto right = two.child("metadata");
  if (!left || !right) return !left && !right;
  return left->says_the_same(*right);
}

}  // namespace

std::string shown_pair(const std::string& name, const std::string& value) {
  return name + "=" + (secret(name) ? "(hidden)" : text::without_password(value));
}

std::string transition(const std::optional<std::string>& before,
                       const std::optional<std::string>& after) {
  return before.value_or("none") + " -> " + after.value_or("none");
}

std::string pair_words(std::string_view set, const std::string& name,
                       const std::optional<std::string>& before,
                       const std::optional<std::string>& after) {
  const bool utilization = set == "utilization";
  const std::string called = utilization && name == "cpu" ? "cpus" : name;
  if (secret(name)) return called + " (hidden)";
  const auto shown = [&](const std::optional<std::string>& value) {
    return value ? std::optional(text::without_password(*value)) : value;
  };
  const std::string unit = utilization && name == "memory" ? " MiB" : "";
  if (!before && utilization) return called + " " + after.value_or("none") + unit;
  return called + " " + transition(shown(before), shown(after)) + (after ? unit : "");
}

std::vector<std::string> domain_differences(const std::string& before, const std::string& after,
                                            bool live) {
  const xml::Tree old_tree = xml::Tree::parse(before, "the definition before");
  const xml::Tree new_tree = xml::Tree::parse(after, "the definition after");
  const Facts old_facts = facts_of(old_tree.root());
  Facts new_facts = facts_of(new_tree.root());
  if (live) take_running_machine(old_facts, new_facts);
  std::vector<std::string> lines;
  for (const auto& [name, value] : new_facts) {
    const auto was = find(old_facts, name);
    if (was != value) lines.push_back(fact_words(name, was, value));
  }
  for (const auto& [name, value] : old_facts)
    if (!find(new_facts, name)) lines.push_back(fact_words(name, value, {}));
  if (live) return lines;
  if (!same_metadata(old_tree.root(), new_tree.root())) lines.push_back("metadata and tags");
  const bool disks = same_disks(old_tree.root(), new_tree.root());
  strip(old_tree.root());
  strip(new_tree.root());
  if (!disks || !old_tree.root().says_the_same(new_tree.root()))
    lines.push_back("other settings of the definition");
  return lines;
}

std::string unified_diff(const std::string& old_text, const std::string& new_text,
                         const std::string& before, const std::string& after, Deadline deadline) {
  if (old_text == new_text) return {};
  const Workplace place;
  const auto said = run_process({"diff", "--unified", "--label", before, "--label", after,
                                 place.write("before", old_text), place.write("after", new_text)},
                                "", deadline);
  constexpr int kTrouble = 2;  // diff's exit code; 1: they differ
  if (said.exit_code >= kTrouble)
    throw Error(Fault::failed, "diff: " + said.words(), "install diffutils");
  return said.output;
}

}  // namespace havc::change
