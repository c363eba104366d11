// What verbs do with the VMs that they are given: which they are, and their files with another
// wish.
#pragma once

#include <string>
#include <vector>

#include "havc/changing.h"
#include "inventory/inventory.h"

namespace havc::cli {

/// The VMs of the call's words. Throws Error(misconfigured) for one that is local: it is none of
/// the cluster's.
std::vector<const inventory::Vm*> vms_of_the_cluster(Call& call);

/// The change of these alone, with `wanted` in their files.
Change with_wish(Call& call, const std::vector<const inventory::Vm*>& vms,
                 inventory::Wanted wanted);

/// NAME_zone of each.
std::set<std::string> ids_of(const std::vector<const inventory::Vm*>& vms);

/// "WEB-01", "WEB-01 and WEB-02", "12 VMs".
std::string in_words(const std::vector<const inventory::Vm*>& vms);

/// "vms/WEB-01.toml"
std::string file_of(const inventory::Vm& vm);

}  // namespace havc::cli
