// The sets of name and value that a CIB is full of: references are followed, the greater score
// comes first. For this module alone.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "cluster/configuration.h"
#include "xml/document.h"

namespace havc::cluster {

class AttributeSets {
 public:
  /// Remembers every set and pair below `configuration` that has an id. Valid as long as its
  /// document.
  explicit AttributeSets(const xml::Element& configuration);

  /// Adds the values of all children of that name ("meta_attributes") to those that are not there
  /// yet. True when some hold sometimes only: these are left out.
  bool add(const xml::Element& parent, std::string_view name, Values& into) const;

  /// The element itself, or the one that its id-ref names.
  xml::Element resolve(const xml::Element& element) const;

 private:
  std::map<std::string, xml::Element, std::less<>> by_id_;

  void remember(const xml::Element& parent);
};

}  // namespace havc::cluster
