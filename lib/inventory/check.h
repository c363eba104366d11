// What rows and types cannot say: values that must fit each other, within the cluster and within
// one virtual machine. Between virtual machines: conflicts.h.
#pragma once

#include <vector>

#include "base/error.h"
#include "inventory/inventory.h"

namespace havc::inventory {

/// Zones that overlap; an admin address without interface.
void check(const Cluster& cluster, std::vector<Error>& problems);

/// Gives a virtual machine that has an identity the disk it has when it names none, then checks
/// disks and nodes: images lie in folders of its own zone, nodes are the cluster's, a local one has
/// exactly one.
void complete(Vm& vm, const Cluster& cluster, std::vector<Error>& problems);

/// Below /dev/.
bool is_device(const Path& disk);

}  // namespace havc::inventory
