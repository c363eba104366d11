// The inventory from its files: FOLDER/cluster.toml and FOLDER/vms/*.toml. Reads may hang with the
// file system they are on; callers put them on a Worker where that matters.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "inventory/inventory.h"

namespace havc::inventory {

struct Reading {
  Inventory inventory = {};
  /// Everything that is wrong, in all files, each with "FILE:LINE: " and a remedy. Only without any
  /// may the inventory be used to change things: what could not be read is not in it.
  std::vector<Error> problems = {};
};

/// Never throws Error: whatever is wrong is in `problems`. Other files than *.toml, and hidden
/// ones, are left alone; links to regular files are followed. A folder vms that is missing has no
/// files.
Reading read(const std::string& folder);

/// Texts by their paths in the folder: "vms/WEB-01.toml".
using Texts = std::map<std::string, std::string>;

/// The same as if these were in the folder already, in place of files that are there or beside
/// them.
Reading read(const std::string& folder, const Texts& texts);

/// One virtual machine's file, as it lies or will lie at `file`, whose name must be NAME.toml. Its
/// identity is derived. Nothing when anything is wrong, which is then in `problems`; conflicts with
/// others are not looked for.
std::optional<Vm> read_vm(std::string_view text, const std::string& file, const Cluster& cluster,
                          std::vector<Error>& problems);

/// cluster.toml, likewise.
std::optional<Cluster> read_cluster(std::string_view text, const std::string& file,
                                    std::vector<Error>& problems);

}  // namespace havc::inventory
