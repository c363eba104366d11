#include "change/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "change/difference.h"
#include "cluster/configuration.h"

namespace havc::change {

namespace {

constexpr std::array<std::string_view, 3> kSets{"instance_attributes", "meta_attributes",
                                                "utilization"};

bool is_set(std::string_view name) {
  return std::find(kSets.begin(), kSets.end(), name) != kSets.end();
}

/// Without rules, and not somebody else's by reference.
bool plain(const xml::Node& set) {
  return !set.child("rule") && !set.attribute("id-ref");
}

std::vector<xml::Node> plain_sets(const xml::Node& element, std::string_view kind) {
  auto sets = element.children(kind);
  std::erase_if(sets, [](const xml::Node& each) { return !plain(each); });
  return sets;
}

std::set<std::string> names_in(const xml::Node& element, std::string_view kind) {
  std::set<std::string> names;
  for (const auto& each : pairs_in(element, kind)) names.insert(attribute_of(each, "name"));
  return names;
}

/// The id that our templates give: hand-made ones have the set's id in between.
bool made_by_template(const xml::Node& element, const std::string& owner) {
  return !owner.empty() && id_of(element) == owner + "-" + attribute_of(element, "name");
}

std::string operation_words(const xml::Node& operation) {
  const auto interval = cluster::duration(attribute_of(operation, "interval"));
  std::string words = "operation " + attribute_of(operation, "name");
  if (interval && interval->count() != 0) words += " every " + attribute_of(operation, "interval");
  return words;
}

bool is_time(std::string_view attribute) {
  return attribute == "interval" || attribute == "timeout";
}

/// Pacemaker knows operations apart by these.
bool same_operation(const xml::Node& one, const xml::Node& two) {
  const auto interval = [](const xml::Node& each) {
    return cluster::duration(each.attribute("interval").value_or("0"));
  };
  return one.attribute("name") == two.attribute("name") && interval(one) == interval(two) &&
         one.attribute("role") == two.attribute("role");
}

std::optional<xml::Node> operation_like(const std::vector<xml::Node>& all, const xml::Node& want) {
  auto found = std::find_if(all.begin(), all.end(),
                            [&](const xml::Node& each) { return id_of(each) == id_of(want); });
  if (found == all.end())
    found = std::find_if(all.begin(), all.end(),
                         [&](const xml::Node& each) { return same_operation(each, want); });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

std::optional<xml::Node> child_of(const std::optional<xml::Node>& element, const std::string& id) {
  if (!element) return {};
  for (const auto& each : element->children())
    if (id_of(each) == id) return each;
  return {};
}

std::vector<xml::Node> operations_in(const xml::Node& resource) {
  std::vector<xml::Node> all;
  for (const auto& list : resource.children("operations"))
    for (const auto& each : list.children("op")) all.push_back(each);
  return all;
}

std::string kept_words(std::string_view kind, const xml::Node& pair) {
  const std::string word = kind == "meta_attributes"       ? "meta"
                           : kind == "instance_attributes" ? "parameter"
                                                           : std::string(kind);
  return word + " " + shown_pair(attribute_of(pair, "name"), attribute_of(pair, "value"));
}

}  // namespace

std::vector<xml::Node> pairs_in(const xml::Node& element, std::string_view kind) {
  std::vector<xml::Node> pairs;
  for (const auto& set : plain_sets(element, kind))
    for (const auto& each : set.children("nvpair"))
      if (each.attribute("name")) pairs.push_back(each);
  return pairs;
}

void Update::element(xml::Node have, const xml::Node& want, const std::optional<xml::Node>& full) {
  attributes(have, want);
  for (const auto kind : kSets) sets(have, want, full, kind);
  operations(have, want, full);
  for (const auto& each : want.children()) {
    if (is_set(each.name()) || each.name() == "operations") continue;
    const auto found = child_of(have, id_of(each));
    if (found) {
      element(*found, each, child_of(full, id_of(each)));
    } else {
      cib_.add(have, each);
      account_.changed.push_back(fmt::format("{} '{}' added", each.name(), id_of(each)));
    }
  }
}

void Update::attributes(xml::Node have, const xml::Node& want) {
  for (const auto& [name, value] : want.attributes()) {
    const auto before = have.attribute(name);
    const bool same =
        before && (*before == value ||
                   (is_time(name) && cluster::duration(*before) == cluster::duration(value)));
    if (name == "id" || same) continue;
    cib_.set(have, name, value);
    const std::string what = want.name() == "op"
                                 ? fmt::format("{} {}", attribute_of(want, "name"), name)
                                 : fmt::format("{} of {}", name, id_of(have));
    account_.changed.push_back(what + " " + transition(before, value));
  }
}

void Update::sets(xml::Node have, const xml::Node& want, const std::optional<xml::Node>& full,
                  std::string_view kind) {
  const auto wanted = names_in(want, kind);
  auto possible = full ? names_in(*full, kind) : wanted;
  drop(have, wanted, possible, kind);
  for (const auto& set : want.children(kind)) {
    if (plain(set)) {
      for (const auto& each : set.children("nvpair")) put(have, set, each);
      continue;
    }
    auto found = cib_.by_id(id_of(set));
    if (found && found->says_the_same(set)) continue;
    account_.changed.push_back(
        fmt::format("{} '{}' {}", kind, id_of(set), found ? "changed" : "added"));
    if (found) {
      cib_.replace(*found, set);
    } else {
      cib_.add(have, set);
    }
  }
}

void Update::put(xml::Node have, const xml::Node& want_set, const xml::Node& want) {
  const std::string name = attribute_of(want, "name");
  const std::string value = attribute_of(want, "value");
  std::optional<std::string> before;
  bool found = false;
  bool changed = false;
  for (auto each : pairs_in(have, want_set.name())) {
    if (each.attribute("name") != name) continue;
    if (!found) before = each.attribute("value");
    found = true;
    changed |= cib_.set(each, "value", value);
  }
  if (!found) {
    const auto sets = plain_sets(have, want_set.name());
    cib_.add(sets.empty() ? cib_.add(have, want_set.name(), id_of(want_set)) : sets.front(), want);
  }
  if (changed || !found)
    account_.changed.push_back(pair_words(want_set.name(), name, before, value));
}

void Update::pair(xml::Node have, std::string_view kind, const std::string& name,
                  const std::string& value) {
  const std::string set = id_of(have) + "-" + std::string(kind);
  const xml::Tree tree =
      xml::Tree::parse(fmt::format("<x><{0}><nvpair/></{0}></x>", kind), "a pair");
  xml::Node want_set = *tree.root().child(kind);
  want_set.set("id", have.name() == "node" ? "nodes-" + set : set);
  xml::Node want = *want_set.child("nvpair");
  const auto sets = plain_sets(have, kind);
  want.set("id", (sets.empty() ? id_of(want_set) : id_of(sets.front())) + "-" + name);
  want.set("name", name);
  want.set("value", value);
  put(have, want_set, want);
}

void Update::drop(xml::Node have, const std::set<std::string>& wanted,
                  const std::set<std::string>& possible, std::string_view kind) {
  const std::string owner = id_of(have);
  for (auto set : plain_sets(have, kind)) {
    const bool was_empty = set.children().empty();
    for (const auto& each : set.children("nvpair")) {
      const std::string name = attribute_of(each, "name");
      if (wanted.count(name) != 0) continue;
      if (possible.count(name) != 0 || made_by_template(each, owner)) {
        account_.changed.push_back(pair_words(kind, name, each.attribute("value"), {}));
        cib_.remove(each);
      } else if (!owner.empty()) {
        account_.kept.push_back(kept_words(kind, each));
      }
    }
    if (set.children().empty() && !was_empty && wanted.empty()) cib_.remove(set);
  }
}

void Update::operations(xml::Node have, const xml::Node& want,
                        const std::optional<xml::Node>& full) {
  const auto wanted = operations_in(want);
  if (wanted.empty()) return;
  auto others = operations_in(have);
  const auto possible = full ? operations_in(*full) : wanted;
  for (const auto& each : wanted) {
    if (auto found = operation_like(others, each)) {
      std::erase(others, *found);
      element(*found, each, operation_like(possible, each));
    } else {
      const auto lists = have.children("operations");
      cib_.add(lists.empty() ? have.add("operations") : lists.front(), each);
      account_.changed.push_back(operation_words(each) + " added");
    }
  }
  for (const auto& each : others) {
    if (made_by_template(each, id_of(have)) || operation_like(possible, each)) {
      account_.changed.push_back(operation_words(each) + " removed");
      cib_.remove(each);
    } else {
      account_.kept.push_back(operation_words(each));
    }
  }
}

}  // namespace havc::change
