// A CIB that is being changed: elements by id, who refers to whom, and whether anything changed.
// For this module alone.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "xml/tree.h"

namespace havc::change {

class Cib {
 public:
  /// Throws Error(unusable_here) for what is no CIB.
  Cib(const std::string& text, const std::string& source);
  Cib(const Cib&) = delete;
  Cib& operator=(const Cib&) = delete;

  std::optional<xml::Node> section(std::string_view name) const;
  xml::Node section_or_new(std::string_view name);
  /// Of the configuration. References (obj_ref, resource_ref) and nodes, whose ids are names for
  /// themselves, are not meant.
  std::optional<xml::Node> by_id(std::string_view id) const;

  /// Ids of the constraints that name a resource or tag, as the text was read.
  std::set<std::string> constraints_about(const std::string& id) const;
  /// Ids of the tags that hold it, now.
  const std::set<std::string>& tags_of(const std::string& id) const;
  /// Ids of what refers to an id otherwise (id-ref, an ACL), as the text was read; "acl_role 'r'".
  std::vector<std::string> others_about(const std::string& id) const;

  bool set(xml::Node element, std::string_view name, std::string_view value);
  void unset(xml::Node element, std::string_view name);
  /// A copy. Throws Error(failed) when one of its ids is taken.
  xml::Node add(xml::Node parent, const xml::Node& original);
  xml::Node add(xml::Node parent, std::string_view name, const std::string& id);
  void replace(xml::Node old, const xml::Node& original);
  void remove(xml::Node element);
  void tag(const std::string& name, const std::string& id);
  /// The tag goes when it is empty then. Throws Error(failed), and changes nothing, when a constraint
  /// is about that tag.
  void untag(const std::string& name, const std::string& id);
  /// Throws what untag would throw.
  void check_untag(const std::string& name, const std::string& id) const;

  /// The text as it was read when nothing has changed; else with the epoch one greater, as every
  /// change of the configuration has to make it.
  std::string text();
  /// The same without the status, which is gone then.
  std::string configuration_alone();

 private:
  using References = std::map<std::string, std::set<std::string>>;

  const std::string& original_;
  std::string_view state_ = {};  ///< of original_; not in the tree: most of it, changed by nobody
  xml::Tree tree_;
  xml::Node configuration_;
  bool changed_ = false;
  std::map<std::string, xml::Node, std::less<>> by_id_ = {};
  References constraints_ = {};
  References tags_ = {};
  References others_ = {};

  static xml::Tree without_state(const std::string& text, const std::string& source,
                                 std::string_view& state);
  void remember(const xml::Node& element);
  void forget(const xml::Node& element);
  void check_free(const xml::Node& element) const;
  void find_references();
  void find_others(const xml::Node& element, const std::string& owner);
};

/// Calls it for an element and for all below.
void for_each(const xml::Node& element, const std::function<void(const xml::Node&)>& call);

/// "id", or the empty text.
std::string id_of(const xml::Node& element);
std::string attribute_of(const xml::Node& element, std::string_view name);

}  // namespace havc::change
