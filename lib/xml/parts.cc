#include "xml/parts.h"

#include <algorithm>

#include "xml/document.h"
#include "xml/writer.h"

namespace havc::xml {

namespace {

Part part_of(const Element& element) {
  Part part{.name = element.qualified_name(),
            .attributes = element.all_attributes(),
            .line = element.line()};
  for (const auto& child : element.children()) part.children.push_back(part_of(child));
  if (part.children.empty()) part.text = element.text();
  return part;
}

void write(Writer& writer, const Part& part) {
  if (part.children.empty() && !part.text.empty()) {
    writer.leaf_of(part.name, part.text, part.attributes);
    return;
  }
  const auto element = writer.element(part.name);
  for (const auto& [name, value] : part.attributes) writer.attribute(name, value);
  for (const auto& child : part.children) write(writer, child);
}

template <class Parts>
auto find_child(Parts& parts, std::string_view wanted) {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const Part& each) { return each.name == wanted; });
  return found == parts.end() ? nullptr : &*found;
}

}  // namespace

std::string Part::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes) {
    if (key == wanted) return value;
  }
  return {};
}

void Part::set(std::string_view wanted, std::string value) {
  for (auto& [key, old] : attributes) {
    if (key != wanted) continue;
    old = std::move(value);
    return;
  }
  attributes.emplace_back(wanted, std::move(value));
}

void Part::drop(std::string_view wanted) {
  std::erase_if(attributes, [&](const auto& each) { return each.first == wanted; });
}

const Part* Part::child(std::string_view wanted) const {
  return find_child(children, wanted);
}

Part* Part::child(std::string_view wanted) {
  return find_child(children, wanted);
}

void Part::drop_children(std::string_view wanted) {
  std::erase_if(children, [&](const Part& each) { return each.name == wanted; });
}

std::string Part::text_of(std::string_view wanted) const {
  const Part* const found = child(wanted);
  return found == nullptr ? std::string() : found->text;
}

Part read_parts(std::string_view text, const std::string& name) {
  const auto document = Document::parse(text, name);
  return part_of(document.root());
}

std::string text_of(const Part& part) {
  Writer writer;
  write(writer, part);
  return writer.text();
}

}  // namespace havc::xml
