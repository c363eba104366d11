// Files of the inventory on their way to its folder: looked at together with those that are there,
// then all put there or none.
#pragma once

#include <string>
#include <vector>

#include "inventory/read.h"

namespace havc::inventory {

struct FileText {
  std::string path = {};  ///< in the folder: "vms/WEB-01.toml"
  std::string text = {};
  bool is_new = true;   ///< must not be there yet; else it is replaced, and keeps its mode
  bool secret = false;  ///< for its owner alone
};

/// What the inventory would be. Never throws Error.
Reading read_with(const std::string& folder, const std::vector<FileText>& files);

/// Throws Error(misconfigured) with the first problem that the inventory would have with them and
/// has not without; `all` gets every one.
void check_with(const std::string& folder, const std::vector<FileText>& files,
                std::vector<Error>& all);

/// Puts them there, each in one step. What was done is undone when one fails, and so throws as
/// new_file and replace_file do.
void put(const std::string& folder, const std::vector<FileText>& files);

}  // namespace havc::inventory
