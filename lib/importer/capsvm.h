// Machines of CAPS-OS: capsvm.d/common.conf and one file of shell assignments a machine in
// capsvm.d/enabled/. Pure, but for read_capsvm.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "importer/draft.h"

namespace havc::importer {

struct Capsvm {
  std::string folder = {};  ///< for messages
  std::string common = {};
  std::map<std::string, std::string> machines = {};  ///< file → text
};

/// Throws Error as read_file does, Error(misconfigured) without common.conf.
Capsvm read_capsvm(const std::string& folder);

/// What the files do not say.
struct CapsvmWishes {
  std::optional<inventory::ZoneName> zone = {};
  std::vector<inventory::NodeName> nodes = {};  ///< of all; a local machine is on the first
};

/// With `other`, the second server's files, which may differ in sizes alone. Every problem is in
/// `problems`; then the import is worth nothing.
Import capsvm_import(const Capsvm& capsvm, const std::optional<Capsvm>& other,
                     const CapsvmWishes& wishes, const inventory::Cluster& cluster,
                     const std::vector<Known>& known, std::vector<Error>& problems);

}  // namespace havc::importer
