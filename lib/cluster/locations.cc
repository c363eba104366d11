#include "cluster/locations.h"

#include <algorithm>
#include <set>

#include "cluster/reading.h"
#include "cluster/status.h"

namespace havc::cluster {

namespace {

/// A rule with a lifetime has a date beside the node's name.
bool has_date(const xml::Element& rule) {
  const auto children = rule.children();
  return std::any_of(children.begin(), children.end(), [](const xml::Element& each) {
    return each.name() == "date_expression" || (each.name() == "rule" && has_date(each));
  });
}

/// The node that a rule is about, when that is all it says but for dates: "#uname eq NODE".
std::string node_of(const xml::Element& rule) {
  std::string node;
  for (const auto& each : rule.children()) {
    if (each.name() == "date_expression") continue;
    const bool names_node = each.name() == "expression" &&
                            each.attribute("attribute") == "#uname" &&
                            each.attribute("operation") == "eq";
    if (!names_node || !node.empty()) return {};
    node = each.attribute("value").value_or("");
  }
  const bool joined_by_or = rule.attribute("boolean-op") == "or" && rule.children().size() > 1;
  return joined_by_or ? std::string() : node;
}

/// As deep as XML may be: 256 (libxml2).
void take_attributes(const xml::Element& rule, std::vector<std::string>& attributes) {
  for (const auto& each : rule.children()) {
    if (each.name() == "rule") take_attributes(each, attributes);
    const auto name = each.name() == "expression" ? each.attribute("attribute") : std::nullopt;
    if (!name || name->starts_with("#")) continue;
    if (std::find(attributes.begin(), attributes.end(), *name) == attributes.end())
      attributes.push_back(*name);
  }
}

/// Of a rule that bans, any of whose expressions is enough.
void take_required(const xml::Element& rule, std::vector<std::string>& required) {
  const auto children = rule.children();
  const auto number = score(rule.attribute("score").value_or("0"));
  const bool any = rule.attribute("boolean-op") == "or" || children.size() == 1;
  if (!any || !number || *number > -kInfinity) return;
  for (const auto& each : children) {
    const auto name = each.attribute("attribute");
    if (name && !name->starts_with("#") && each.attribute("operation") == "not_defined")
      required.push_back(*name);
  }
}

void take_rules(const std::vector<xml::Element>& rules, Location& location) {
  for (const auto& rule : rules) {
    take_attributes(rule, location.attributes);
    take_required(rule, location.required);
  }
  location.expires = std::any_of(rules.begin(), rules.end(), has_date);
  if (rules.size() != 1) return;
  location.node = node_of(rules.front());
  if (!location.node.empty())
    location.score = score(rules.front().attribute("score").value_or("0"));
}

Location location_of(const xml::Element& element, const std::string& source) {
  Location location{.id = Reader(element, source).text("id")};
  if (const auto resource = element.attribute("rsc")) location.resources.push_back(*resource);
  location.pattern = element.attribute("rsc-pattern").value_or("");
  for (const auto& set : element.children("resource_set")) {
    for (const auto& each : set.children("resource_ref")) {
      location.resources.push_back(Reader(each, source).text("id"));
    }
  }
  location.node = element.attribute("node").value_or("");
  if (!location.node.empty()) location.score = score(element.attribute("score").value_or("0"));
  const auto rules = element.children("rule");
  if (!rules.empty()) take_rules(rules, location);
  const auto lifetime = element.child("lifetime");
  location.expires |= lifetime.has_value();
  location.leftover = location.id.starts_with("cli-ban-") || location.id.starts_with("cli-prefer-");
  return location;
}

}  // namespace

std::vector<Location> locations_of(const xml::Element& constraints,
                                   const std::vector<Primitive>& vms, const std::string& source) {
  std::set<std::string> known;
  for (const auto& vm : vms) {
    known.insert(vm.id);
    known.insert(vm.parents.begin(), vm.parents.end());
  }
  std::vector<Location> result;
  for (const auto& each : constraints.children("rsc_location")) {
    Location location = location_of(each, source);
    const bool ours = std::any_of(location.resources.begin(), location.resources.end(),
                                  [&](const std::string& id) { return known.count(id) != 0; });
    if (ours || !location.pattern.empty()) result.push_back(std::move(location));
  }
  return result;
}

}  // namespace havc::cluster
