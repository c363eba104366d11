// The keys of cluster.toml and of vms/NAME.toml, table by table. DESIGN.md shows a whole example.
#pragma once

#include <string>
#include <vector>

#include "inventory/inventory.h"
#include "inventory/key.h"

namespace havc::inventory {

const std::vector<Key<Cluster>>& cluster_keys();
const std::vector<Key<TemplateNames>>& template_keys();
const std::vector<Key<Zone>>& zone_keys();
const std::vector<Key<Node>>& node_keys();
const std::vector<Key<Chassis>>& chassis_keys();
const std::vector<Key<Vm>>& vm_keys();
/// Those of a virtual machine that [defaults] may have, too.
std::vector<Key<Vm>> default_keys();

/// All of them, for documentation: the heading of each table and its rows.
struct KeyTable {
  std::string heading;  ///< "cluster.toml", "cluster.toml, [zones.NAME]", …
  std::vector<KeyRow> rows;
};
std::vector<KeyTable> key_tables();

}  // namespace havc::inventory
