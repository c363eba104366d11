#include "cluster/attribute_sets.h"

#include <algorithm>
#include <vector>

#include "cluster/reading.h"

namespace havc::cluster {

namespace {

std::int64_t score_of(const xml::Element& set) {
  return score(set.attribute("score").value_or("0")).value_or(0);
}

}  // namespace

AttributeSets::AttributeSets(const xml::Element& configuration) {
  remember(configuration);
}

/// As deep as XML may be: 256 (libxml2).
void AttributeSets::remember(const xml::Element& parent) {
  for (const auto& each : parent.children()) {
    const auto name = each.name();
    if (name.ends_with("_attributes") || name == "utilization" || name == "operations" ||
        name == "nvpair") {
      if (const auto id = each.attribute("id")) by_id_.emplace(*id, each);
    }
    remember(each);
  }
}

xml::Element AttributeSets::resolve(const xml::Element& element) const {
  const auto reference = element.attribute("id-ref");
  const auto found = reference ? by_id_.find(*reference) : by_id_.end();
  return found != by_id_.end() && found->second.name() == element.name() ? found->second : element;
}

bool AttributeSets::add(const xml::Element& parent, std::string_view name, Values& into) const {
  std::vector<xml::Element> sets;
  for (const auto& each : parent.children(name)) sets.push_back(resolve(each));
  std::stable_sort(sets.begin(), sets.end(),
                   [](const xml::Element& left, const xml::Element& right) {
                     return score_of(left) > score_of(right);
                   });
  bool has_rules = false;
  for (const auto& set : sets) {
    if (set.child("rule")) {
      has_rules = true;
      continue;
    }
    for (const auto& each : set.children("nvpair")) {
      const xml::Element pair = resolve(each);
      const auto key = each.attribute("name") ? each.attribute("name") : pair.attribute("name");
      const auto value = pair.attribute("value");
      if (key && value) into.emplace(*key, *value);
    }
  }
  return has_rules;
}

}  // namespace havc::cluster
