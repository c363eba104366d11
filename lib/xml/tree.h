// XML that is changed piece by piece: elements, their attributes, what is in them. For documents
// whose elements are told apart by names and attributes without namespaces, such as Pacemaker's
// configuration; edit.h puts single elements into documents of others.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "xml/document.h"

namespace havc::xml {

/// An element that can be changed; valid as long as its Tree, and until it is removed.
class Node : public Element {
 public:
  std::vector<std::pair<std::string, std::string>> attributes() const;
  /// True when it was another, or none.
  bool set(std::string_view name, std::string_view value);
  /// True when there was one.
  bool unset(std::string_view name);

  std::optional<Node> parent() const;  ///< nothing for the root
  std::optional<Node> child(std::string_view name) const;
  /// All child elements; of that name when one is given.
  std::vector<Node> children(std::string_view name = {}) const;

  /// A new element behind all others.
  Node add(std::string_view name);
  /// A copy of an element, of whatever tree, with all that is in it.
  Node add(const Element& original);
  /// A copy of an element takes the place of this one, which has gone then.
  Node replace(const Node& original);
  void remove();

  /// It says the same: the order of attributes, comments and blanks between elements do not count.
  bool says_the_same(const Node& other) const;
  bool operator==(const Node& other) const { return node_ == other.node_; }

 private:
  friend class Tree;
  explicit Node(const void* node) : Element(node) {}
};

class Tree {
 public:
  /// Throws what Document::parse throws.
  static Tree parse(std::string_view text, const std::string& name);
  explicit Tree(Document document) : document_(std::move(document)) {}

  Node root() const;
  /// Indented by two blanks a level.
  std::string text();

 private:
  Document document_;
};

/// Text of blanks alone goes from between elements. `element` is an xmlNode; for this module alone.
void remove_indentation(void* element);

}  // namespace havc::xml
