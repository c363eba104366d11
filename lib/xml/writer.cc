#include "xml/writer.h"

#include "base/error.h"

#include <utility>

namespace havc::xml {

namespace {

/// XML 1.0, 2.4 and 3.3.3: what would end text or value, and the white space that a reader would
/// change.
std::string_view escape_of(char letter, bool in_value) {
  switch (letter) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\r':
      return "&#13;";
    case '"':
      return in_value ? "&quot;" : "";
    case '\n':
      return in_value ? "&#10;" : "";
    case '\t':
      return in_value ? "&#9;" : "";
    default:
      return "";
  }
}

void append_escaped(std::string& to, std::string_view text, bool in_value) {
  for (const char letter : text) {
    const auto escape = escape_of(letter, in_value);
    if (escape.empty()) {
      to += letter;
    } else {
      to += escape;
    }
  }
}

}  // namespace

void Writer::declaration() {
  text_ += "<?xml version=\"1.0\"?>\n";
}

void Writer::document_type(std::string_view root, std::string_view internal_subset) {
  text_.append("<!DOCTYPE ").append(root).append(" [").append(internal_subset).append("]>\n");
}

void Writer::close_tag() {
  if (in_tag_) text_ += ">\n";
  in_tag_ = false;
}

void Writer::begin(std::string_view name, Attributes attributes) {
  close_tag();
  text_.append(2 * open_.size(), ' ').append("<").append(name);
  open_.emplace_back(name);
  in_tag_ = true;
  for (const auto& [key, value] : attributes) attribute(key, value);
}

void Writer::end() {
  const std::string name = std::move(open_.back());
  open_.pop_back();
  if (in_tag_) {
    text_ += "/>\n";
    in_tag_ = false;
  } else {
    text_.append(2 * open_.size(), ' ').append("</").append(name).append(">\n");
  }
}

void Writer::attribute(std::string_view name, std::string_view value) {
  if (!in_tag_) throw Error(Fault::failed, "an attribute comes too late in XML that is written");
  text_.append(" ").append(name).append("=\"");
  append_escaped(text_, value, true);
  text_ += '"';
}

Writer::Element Writer::element(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  return Element(*this);
}

void Writer::empty(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  end();
}

void Writer::leaf(std::string_view name, std::string_view text, Attributes attributes) {
  begin(name, attributes);
  end_with(name, text);
}

void Writer::leaf_of(std::string_view name, std::string_view text,
                     const std::vector<std::pair<std::string, std::string>>& attributes) {
  begin(name, {});
  for (const auto& [key, value] : attributes) attribute(key, value);
  end_with(name, text);
}

void Writer::end_with(std::string_view name, std::string_view text) {
  in_tag_ = false;
  open_.pop_back();
  text_ += '>';
  append_escaped(text_, text, false);
  text_.append("</").append(name).append(">\n");
}

std::string Writer::text() const {
  return text_;
}

}  // namespace havc::xml
