#include "change/cib.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "xml/split.h"

namespace havc::change {

namespace {

// Their ids are names of something else.
constexpr std::array<std::string_view, 4> kReferring{"obj_ref", "resource_ref", "role", "node"};
// Attributes of constraints that name a resource or tag.
constexpr std::array<std::string_view, 4> kNaming{"rsc", "with-rsc", "first", "then"};

bool refers(const xml::Node& element) {
  return std::find(kReferring.begin(), kReferring.end(), element.name()) != kReferring.end();
}

xml::Node checked(const xml::Node& root, const std::string& source) {
  const auto configuration = root.child("configuration");
  const bool complete = root.name() == "cib" && configuration && root.attribute("epoch") &&
                        configuration->child("resources") && configuration->child("constraints");
  if (complete) return *configuration;
  throw Error(Fault::unusable_here, text::quote(source) + " is no CIB with a configuration",
              "take what 'cibadmin --query' prints");
}

}  // namespace

std::string attribute_of(const xml::Node& element, std::string_view name) {
  return element.attribute(name).value_or("");
}

std::string id_of(const xml::Node& element) {
  return attribute_of(element, "id");
}

void for_each(const xml::Node& element, const std::function<void(const xml::Node&)>& call) {
  call(element);
  for (const auto& child : element.children()) for_each(child, call);  // the parser limits it
}

Cib::Cib(const std::string& text, const std::string& source)
    : original_(text),
      tree_(without_state(text, source, state_)),
      configuration_(checked(tree_.root(), source)) {
  remember(configuration_);
  find_references();
}

xml::Tree Cib::without_state(const std::string& text, const std::string& source,
                             std::string_view& state) {
  xml::Split split = xml::parse_split(text, "status", source);
  state = split.part;
  return xml::Tree(std::move(split.document));
}

void Cib::remember(const xml::Node& element) {
  for_each(element, [this](const xml::Node& each) {
    const auto id = each.attribute("id");
    if (id && !refers(each)) by_id_.emplace(*id, each);
  });
}

void Cib::forget(const xml::Node& element) {
  for_each(element, [this](const xml::Node& each) {
    const auto id = each.attribute("id");
    if (id && !refers(each)) by_id_.erase(*id);
  });
}

void Cib::find_references() {
  const auto constraints = section("constraints");
  for (const auto& constraint : constraints->children()) {
    for_each(constraint, [&](const xml::Node& each) {
      for (const auto name : kNaming) {
        if (const auto named = each.attribute(name)) constraints_[*named].insert(id_of(constraint));
      }
      if (each.name() == "resource_ref") constraints_[id_of(each)].insert(id_of(constraint));
    });
  }
  if (const auto tags = section("tags")) {
    for (const auto& tag : tags->children("tag"))
      for (const auto& each : tag.children("obj_ref")) tags_[id_of(each)].insert(id_of(tag));
  }
  find_others(configuration_, "");
}

void Cib::find_others(const xml::Node& element, const std::string& owner) {
  const std::string id = refers(element) ? "" : id_of(element);
  const std::string here = id.empty() ? owner : id;
  for (const std::string_view name : {"id-ref", "reference"}) {
    if (const auto named = element.attribute(name)) others_[*named].insert(here);
  }
  for (const auto& child : element.children()) find_others(child, here);
}

std::optional<xml::Node> Cib::section(std::string_view name) const {
  return configuration_.child(name);
}

xml::Node Cib::section_or_new(std::string_view name) {
  if (const auto found = section(name)) return *found;
  changed_ = true;
  return configuration_.add(name);
}

std::optional<xml::Node> Cib::by_id(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

std::set<std::string> Cib::constraints_about(const std::string& id) const {
  const auto found = constraints_.find(id);
  return found == constraints_.end() ? std::set<std::string>() : found->second;
}

const std::set<std::string>& Cib::tags_of(const std::string& id) const {
  static const std::set<std::string> kNone;
  const auto found = tags_.find(id);
  return found == tags_.end() ? kNone : found->second;
}

std::vector<std::string> Cib::others_about(const std::string& id) const {
  const auto found = others_.find(id);
  if (found == others_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

bool Cib::set(xml::Node element, std::string_view name, std::string_view value) {
  const bool changes = element.set(name, value);
  changed_ |= changes;
  return changes;
}

void Cib::unset(xml::Node element, std::string_view name) {
  changed_ |= element.unset(name);
}

void Cib::check_free(const xml::Node& element) const {
  for_each(element, [this](const xml::Node& each) {
    const auto taken = refers(each) ? std::nullopt : by_id(id_of(each));
    if (!taken) return;
    throw Error(Fault::failed,
                "the id " + text::quote(id_of(each)) + " of <" + std::string(each.name()) +
                    "> is taken by a <" + std::string(taken->name()) +
                    "> elsewhere in the configuration",
                "rename or remove that, or change the template");
  });
}

xml::Node Cib::add(xml::Node parent, const xml::Node& original) {
  check_free(original);
  const xml::Node added = parent.add(original);
  remember(added);
  changed_ = true;
  return added;
}

xml::Node Cib::add(xml::Node parent, std::string_view name, const std::string& id) {
  const auto taken = by_id(id);
  xml::Node added = parent.add(name);
  // A set that nobody refers to by its id: which one does not matter.
  added.set("id", taken ? id + "-havc" : id);
  remember(added);
  changed_ = true;
  return added;
}

void Cib::replace(xml::Node old, const xml::Node& original) {
  forget(old);
  check_free(original);
  remember(old.replace(original));
  changed_ = true;
}

void Cib::remove(xml::Node element) {
  forget(element);
  element.remove();
  changed_ = true;
}

void Cib::tag(const std::string& name, const std::string& id) {
  if (!tags_[id].insert(name).second) return;
  auto found = by_id(name);
  if (found && found->name() != "tag") {
    throw Error(Fault::failed,
                "the tag " + text::quote(name) + " has the id of a <" + std::string(found->name()) +
                    "> of the configuration",
                "choose another tag");
  }
  xml::Node tag = found ? *found : add(section_or_new("tags"), "tag", name);
  tag.add("obj_ref").set("id", id);
  changed_ = true;
}

void Cib::check_untag(const std::string& name, const std::string& id) const {
  const auto tag = by_id(name);
  if (!tag) return;
  if (!constraints_about(name).empty() && tag->children().size() == 1) {
    throw Error(Fault::failed,
                text::quote(id) + " is the last with tag " + text::quote(name) +
                    ", which constraint " + text::quote(*constraints_about(name).begin()) +
                    " is about",
                "remove that constraint first");
  }
}

void Cib::untag(const std::string& name, const std::string& id) {
  check_untag(name, id);
  const auto tag = by_id(name);
  if (!tag) return;
  for (auto each : tag->children("obj_ref")) {
    if (id_of(each) == id) each.remove();
  }
  if (tag->children().empty()) remove(*tag);
  tags_[id].erase(name);
  changed_ = true;
}

std::string Cib::text() {
  if (!changed_) return original_;
  if (auto tags = section("tags"); tags && tags->children().empty()) tags->remove();
  xml::Node root = tree_.root();
  const auto epoch = text::number(attribute_of(root, "epoch"));
  if (!epoch)
    throw Error(Fault::unusable_here, "the CIB's epoch is no number",
                "take what 'cibadmin --query' prints");
  root.set("epoch", std::to_string(*epoch + 1));
  root.set("num_updates", "0");
  std::string text = tree_.text();
  if (state_.empty()) return text;
  constexpr std::string_view kPlace = "<status/>";  // the last element
  return text.replace(text.rfind(kPlace), kPlace.size(), state_);
}

std::string Cib::configuration_alone() {
  if (auto status = tree_.root().child("status")) status->remove();
  return tree_.text();
}

}  // namespace havc::change
