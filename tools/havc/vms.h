// The VMs that commands are given: one row for all commands that take some, and what its words
// mean (inventory/select.h).
#pragma once

#include <string>
#include <vector>

#include "havc/call.h"
#include "havc/command.h"
#include "inventory/select.h"

namespace havc::cli {

/// For looking: none means all.
inline constexpr OptionRow kVms{
    "VM", "",
    "Which VMs: a name, a pattern ('WEB-*', '*_dmz'), tag:TAG, zone:ZONE, node:NODE, kind:KIND, "
    "wanted:WORD or metadata.KEY=VALUE; several are a union, none means all",
    Takes::many};

/// For changing: at least one is named.
inline constexpr OptionRow kVmsToChange{
    "VM",
    "",
    "Which VMs: a name, a pattern ('WEB-*', '*_dmz', '*'), tag:TAG, zone:ZONE, node:NODE, "
    "kind:KIND, wanted:WORD or metadata.KEY=VALUE; several are a union",
    Takes::many,
    {},
    options::Need::required};

/// What the words of either row mean in the inventory, for a change: throws Error(misconfigured)
/// when the inventory has problems or a word means none.
std::vector<const inventory::Vm*> vms_to_change(Call& call);

/// The same for looking: problems of the inventory are printed on err() and what could be read is
/// used. `known` are ids that the cluster knows.
inventory::Selection vms_to_show(Call& call, const std::vector<std::string>& known);

}  // namespace havc::cli
