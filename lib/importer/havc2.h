// The configuration of HAVC-II: one machine in a file of shell assignments, a definition for
// libvirt and pieces of Pacemaker's configuration. Pure; havc2_folder.h reads the files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "importer/draft.h"

namespace havc::importer {

struct Havc2Machine {
  std::string fqn = {};   ///< the name of its file: NAME_zone
  std::string host = {};  ///< the file's text
  std::optional<std::string> domain = {};
  std::optional<std::string> resource = {};
  std::optional<std::string> constraint = {};
};

struct Havc2 {
  std::string folder = {};  ///< for messages
  std::vector<Havc2Machine> machines = {};
  std::map<std::string, std::string> templates = {};  ///< of libvirt: file → text
  Notes notes = {};  ///< files that were not looked at, links that lead nowhere
};

/// A cluster of what the files say: zones with their addresses, bridges and folders, the nodes that
/// machines prefer, the beginning of their UUIDs. Files that are wrong are passed over here.
/// cluster.toml is its text. What they do not say is noted: ping_hosts, VLANs, chassis.
std::string havc2_cluster(const Havc2& havc2, Notes& notes);

/// Its machines and templates in `cluster`. Every problem of every file is in `problems`, each with
/// file and line; then the import is worth nothing.
Import havc2_import(const Havc2& havc2, const inventory::Cluster& cluster,
                    const std::vector<Known>& known, std::vector<Error>& problems);

}  // namespace havc::importer
