// What the CIB's history of operations says that crm_mon does not: where a virtual machine is
// going. For this module alone.
#pragma once

#include <vector>

#include "cluster/configuration.h"
#include "xml/document.h"

namespace havc::cluster {

/// Migrations of `vms` that were begun, did not fail, and whose source was neither stopped nor used
/// again since.
std::vector<Migration> migrations_of(const xml::Element& status, const std::vector<Primitive>& vms);

}  // namespace havc::cluster
