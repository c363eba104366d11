// The changes that are made to XML of others: an element of our own namespace in a given place, and
// the text of an element below the root. Everything else of the document stays as it is, but for its outer formatting.
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

/// The document with a child /ROOT/`name` without namespace that holds `text` alone; it is made when
/// it is missing. Throws what Document::parse throws.
std::string with_text(std::string_view document, std::string_view name, std::string_view text);

}  // namespace havc::xml
