// The nodes of the inventory as they are reached.
#pragma once

#include <string_view>
#include <vector>

#include "inventory/inventory.h"
#include "remote/run.h"

namespace havc::remote {

/// The nodes in the order of the file. `here` is this machine's name (host_name()): the node that
/// is called so, in any case, is reached without ssh. A node whose name differs in its domain is
/// not taken for this machine.
std::vector<Host> hosts_of(const inventory::Cluster& cluster, std::string_view here);

/// This machine, whatever the inventory says.
Host this_machine(std::string_view here);

}  // namespace havc::remote
