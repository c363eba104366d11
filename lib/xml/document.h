// Reading XML: well-formed, bounded, without entities of its own, without network or other files. Not for editing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace havc::xml {

/// A view of one element; valid as long as its Document.
class Element {
 public:
  std::string_view name() const;  ///< without namespace prefix
  /// The text of all text nodes below, as written: not trimmed.
  std::string text() const;
  std::optional<std::string> attribute(std::string_view name) const;
  /// The first child element of that name, in any namespace.
  std::optional<Element> child(std::string_view name) const;
  /// All child elements; of that name when one is given.
  std::vector<Element> children(std::string_view name = {}) const;
  /// The namespace URI, empty when there is none.
  std::string_view namespace_uri() const;
  std::string qualified_name() const;  ///< with its prefix, as written
  /// Names and values as written, with prefixes; declarations of namespaces first.
  std::vector<std::pair<std::string, std::string>> all_attributes() const;
  int line() const;
  /// The element with all that is in it, as XML.
  std::string markup() const;

 protected:
  explicit Element(const void* node) : node_(node) {}
  const void* node_;  // xmlNode

 private:
  friend class Document;
  friend class Node;
  friend class Tree;
  friend void each_child(std::string_view, std::string_view, const std::string&,
                         const std::function<void(const Element&)>&);
};

class Document {
 public:
  /// Parses a whole document. `name` (a path) is for messages.
  /// Throws Error(unusable_here) "'NAME' line 3: libxml2's words"; also when the document has a document type declaration, which nothing
  /// here needs and which is the way to entity bombs.
  static Document parse(std::string_view text, const std::string& name);

  Element root() const;

  Document(Document&& other) noexcept;
  ~Document();

 private:
  struct Tree;
  explicit Document(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

}  // namespace havc::xml
