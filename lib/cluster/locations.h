// The location constraints of a CIB that may be about virtual machines. For this module alone.
#pragma once

#include <string>
#include <vector>

#include "cluster/configuration.h"
#include "xml/document.h"

namespace havc::cluster {

/// Those that name one of `vms` or what it is in, or have a pattern. Throws Error(unusable_here).
std::vector<Location> locations_of(const xml::Element& constraints,
                                   const std::vector<Primitive>& vms, const std::string& source);

}  // namespace havc::cluster
