// What start, or else migrate_to, puts into the <metadata> of a domain, so that it is recognised
// without its definition file, also on another host:
// <havc:resource xmlns:havc="urn:havc:domain:1" instance=… config=…/>.
// definition.h writes it into a definition, libvirt_mark.h into a domain that runs.
#pragma once

#include <string>
#include <string_view>

#include "xml/document.h"
#include "xml/edit.h"

namespace havc::domain {

struct Mark {
  std::string instance;  ///< the resource's name in the cluster
  std::string config;    ///< path of its definition
};
inline constexpr std::string_view kMarkNamespace = "urn:havc:domain:1";
inline constexpr xml::QualifiedName kMarkElement{"havc", kMarkNamespace, "resource"};

/// Empty texts when there is none.
Mark mark_of(const xml::Element& domain);

}  // namespace havc::domain
