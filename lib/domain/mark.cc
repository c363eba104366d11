#include "domain/mark.h"

namespace havc::domain {

Mark mark_of(const xml::Element& domain) {
  const auto metadata = domain.child("metadata");
  if (!metadata) return {};
  for (const auto& element : metadata->children("resource")) {
    if (element.namespace_uri() != kMarkNamespace) continue;
    return {element.attribute("instance").value_or(""), element.attribute("config").value_or("")};
  }
  return {};
}

}  // namespace havc::domain
