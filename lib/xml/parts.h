// An XML document as plain values that can be changed: for documents that say the same in another
// form afterwards, such as a definition that becomes a template. Comments, instructions and blanks
// between elements are not kept, nor is text beside elements.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace havc::xml {

struct Part {
  std::string name = {};  ///< as written, with its prefix
  /// As written, with their prefixes; declarations of namespaces ("xmlns:qemu") among them.
  std::vector<std::pair<std::string, std::string>> attributes = {};
  std::string text = {};  ///< of an element without elements in it
  std::vector<Part> children = {};
  int line = 0;  ///< where it was read

  /// Empty when there is none.
  std::string attribute(std::string_view wanted) const;
  /// Adds it, or replaces its value.
  void set(std::string_view wanted, std::string value);
  void drop(std::string_view wanted);
  /// The first of that name; nullptr when there is none.
  const Part* child(std::string_view wanted) const;
  Part* child(std::string_view wanted);
  void drop_children(std::string_view wanted);
  /// The text of a child; empty when there is none.
  std::string text_of(std::string_view wanted) const;
};

/// Throws as Document::parse does.
Part read_parts(std::string_view text, const std::string& name);

/// Indented by two blanks, an element a line.
std::string text_of(const Part& part);

}  // namespace havc::xml
