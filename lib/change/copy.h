// The inventory as the files that it is: what goes to the nodes as a backup, into the record of an
// apply, and back again.
#pragma once

#include <map>
#include <string>

namespace havc::change {

/// Path below the inventory's folder ("vms/WEB-01.toml") → content.
using Copy = std::map<std::string, std::string>;

/// cluster.toml, vms/*.toml and all of templates/, as inventory::read takes them: no hidden files,
/// links to regular files are followed. Throws Error(unusable_here, permission) for what cannot be
/// read or is too large (1 MiB a file, 10000 files): half a copy is none.
Copy copy_of(const std::string& folder);

/// SHA-256 of the names and contents of them all.
std::string digest_of(const Copy& copy);

/// Makes the inventory in `folder` what `copy` says: files of those names and places that it does
/// not have are removed, all others stay. Each file is replaced in one step, cluster.toml last.
/// Throws as write_file does.
void put_back(const Copy& copy, const std::string& folder);

}  // namespace havc::change
