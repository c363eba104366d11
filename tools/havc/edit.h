// What commands that edit the inventory share: keys of files changed, shown, looked at together
// with all other files, and written. Nothing else happens: 'havc apply' makes it so.
#pragma once

#include <string>
#include <vector>

#include "havc/call.h"
#include "havc/command.h"
#include "inventory/store.h"
#include "inventory/write.h"

namespace havc::cli {

/// Of what edit_vms() prints.
inline constexpr ColumnDoc kEditColumns[] = {
    {"vm", "VM", "The VM's name"},
    {"key", "KEY", "The key in its file"},
    {"before", "BEFORE", "What the file said"},
    {"after", "AFTER", "What it says now"},
};

/// What 'havc set' and its like are given: words for VMs, of which the first is always one
/// ("metadata.a=b" may be such a word, too), and changes, whose keys get `prefix`. Throws
/// Error(misconfigured) as KeyChange::parse does, and when nothing is to be changed, saying what to
/// add: `form`.
struct Order {
  std::vector<std::string> vms = {};
  std::vector<inventory::KeyChange> changes = {};
};
Order order_of(const Call& call, const std::string& prefix, const std::string& form);

/// Makes the changes in the file of each of them and prints what changed. Gives the exit code:
/// done, or pending with --dry-run where there is something to be changed. Throws as with_change,
/// check_with, check_definitions and put do; nothing is written then.
int edit_vms(Call& call, const std::vector<const inventory::Vm*>& vms,
             const std::vector<inventory::KeyChange>& changes);

/// Looks at new files together with all others; every problem but the first, which is thrown, is
/// printed.
void check_files(Call& call, const std::vector<inventory::FileText>& files);

/// VMs of those files whose definition could be made until now, and new ones, must have one then:
/// throws Error(misconfigured) as domain_xml does.
void check_definitions(Call& call, const std::vector<inventory::FileText>& files);

}  // namespace havc::cli
