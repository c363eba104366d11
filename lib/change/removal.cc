#include "change/removal.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace havc::change {

namespace {

Error refused(const std::string& id, const std::string& why, const std::string& remedy) {
  return {Fault::failed, "resource " + text::quote(id) + " cannot be removed: " + why, remedy};
}

/// Set of resources that the constraint names in sets.
std::set<std::string> members_of(const xml::Node& constraint) {
  std::set<std::string> members;
  for_each(constraint, [&](const xml::Node& each) {
    if (each.name() == "resource_ref") members.insert(id_of(each));
  });
  return members;
}

void check_place(const xml::Node& resource, const std::string& id) {
  const auto parent = resource.parent();
  if (parent && parent->name() == "resources") return;
  const std::string name = parent ? std::string(parent->name()) : "configuration";
  throw refused(id, "it is in " + name + " " + text::quote(parent ? id_of(*parent) : ""),
                "take it out of there first");
}

void check_constraints(const Cib& cib, const std::string& id) {
  for (const auto& name : cib.constraints_about(id)) {
    const auto constraint = cib.by_id(name);
    if (!constraint) continue;
    const auto members = members_of(*constraint);
    if (members.count(id) != 0 && members.size() > 1)
      throw refused(id, "constraint " + text::quote(name) + " names others, too",
                    "take it out of that constraint first");
  }
}

/// Who refers to an id in `going`, and does not go as well.
void check_others(const Cib& cib, const std::string& id, const std::set<std::string>& going) {
  for (const auto& each : going) {
    for (const auto& other : cib.others_about(each)) {
      if (going.count(other) == 0)
        throw refused(id, text::quote(other) + " refers to " + text::quote(each),
                      "remove that reference first");
    }
  }
}

std::set<std::string> ids_in(const xml::Node& element) {
  std::set<std::string> ids;
  for_each(element, [&](const xml::Node& each) {
    if (each.attribute("id")) ids.insert(id_of(each));
  });
  return ids;
}

}  // namespace

namespace {

std::vector<std::string> constraints_of(const Cib& cib, const std::string& id) {
  std::vector<std::string> there;
  for (const auto& name : cib.constraints_about(id))
    if (cib.by_id(name)) there.push_back(name);
  return there;
}

}  // namespace

void check_removal(const Cib& cib, const std::string& id) {
  const auto resource = cib.by_id(id);
  if (!resource) return;
  check_place(*resource, id);
  check_constraints(cib, id);
  auto going = ids_in(*resource);
  for (const auto& name : constraints_of(cib, id)) going.merge(ids_in(*cib.by_id(name)));
  check_others(cib, id, going);
  for (const auto& tag : cib.tags_of(id)) cib.check_untag(tag, id);
}

void remove_resource(Cib& cib, const std::string& id, Account& account) {
  check_removal(cib, id);
  const auto resource = cib.by_id(id);
  if (!resource) return;
  const auto tags = cib.tags_of(id);  // a copy: it changes
  for (const auto& tag : tags) cib.untag(tag, id);
  for (const auto& name : constraints_of(cib, id)) {
    if (!name.starts_with(id + "-"))
      account.changed.push_back("constraint " + text::quote(name) + " goes with it");
    cib.remove(*cib.by_id(name));
  }
  cib.remove(*resource);
}

}  // namespace havc::change
