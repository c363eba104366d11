// The one change that is made to XML of others: an element of our own namespace in a given place.
// Everything else of the document stays as it is, but for its outer formatting.
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

}  // namespace havc::xml
