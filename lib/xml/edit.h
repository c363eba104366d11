// The changes that are made to XML of others: an element of our own namespace comes to a given place, or goes from it, and the text
// of an element below the root is set. Everything else of the document stays as it is, but for its outer formatting.
#pragma once

#include <string>
#include <string_view>

#include "xml/writer.h"

namespace havc::xml {

/// The name of an element of a namespace, as in <prefix:local xmlns:prefix="uri"/>.
struct QualifiedName {
  std::string_view prefix;
  std::string_view uri;
  std::string_view local;
};

/// The document with an element `name` as child of /ROOT/`parent`, which is made (as the last child
/// of the root) when it is missing; other elements of that namespace go from there. Throws what
/// Document::parse throws.
std::string with_element(std::string_view document, std::string_view parent,
                         const QualifiedName& name, Attributes attributes);

/// The document with the element `markup`, which is of a namespace and has its declaration, as with_element puts one. Throws what
/// Document::parse throws, and Error(failed) for an element without namespace.
std::string with_markup(std::string_view document, std::string_view parent, std::string_view markup);

/// The document with a child /ROOT/`name` without namespace that holds `text` alone; it is made when
/// it is missing. Throws what Document::parse throws.
std::string with_text(std::string_view document, std::string_view name, std::string_view text);

/// The document without the elements of namespace `uri` below /ROOT/`parent`, and without a `parent` that is empty then.
/// Throws as Document::parse does.
std::string without_elements(std::string_view document, std::string_view parent, std::string_view uri);

/// The document as Canonical XML 1.0 without comments and without blanks between elements: two that say the same are the same text,
/// whatever their indentation and the order of their attributes. Throws as Document::parse does.
std::string canonical(std::string_view document);

}  // namespace havc::xml
