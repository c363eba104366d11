// Two that claim the same: found before anything is written.
#pragma once

#include <vector>

#include "base/error.h"
#include "inventory/inventory.h"

namespace havc::inventory {

/// Same MAC address, UUID, address (also a node's, a chassis' or the cluster's own), name in the
/// cluster (in any case), host name or disk; and tags that would be the
/// same id as a chassis or the cluster's options. One refusal for each, with the places of both.
std::vector<Error> conflicts(const Inventory& inventory);

}  // namespace havc::inventory
