#include "inventory/check.h"

#include <algorithm>

#include "base/text.h"

namespace havc::inventory {

namespace {

constexpr std::size_t kMostDisks = 4;  // as many have macros: VM_IMAGE to VM_IMAGE_4
constexpr std::size_t kMostNodes = 2;  // PREFERRED_NODE and PREFERRED_NODE_2

using Problems = std::vector<Error>;

bool lies_in(const Path& disk, const Zone& zone) {
  return std::any_of(zone.folders.begin(), zone.folders.end(),
                     [&](const Path& folder) { return disk.lies_below(folder); });
}

void check_disk(const Vm& vm, const Path& disk, const Zone& own, const Cluster& cluster,
                Problems& problems) {
  if (is_device(disk) || own.folders.empty() || lies_in(disk, own)) return;
  const auto other = std::find_if(cluster.zones.begin(), cluster.zones.end(),
                                  [&](const Zone& zone) { return lies_in(disk, zone); });
  const std::string where =
      other == cluster.zones.end()
          ? "in no folder of zone '" + own.name.text + "'"
          : "in a folder of zone '" + other->name.text + "', not of '" + own.name.text + "'";
  problems.push_back(
      refusal(vm.source, "disks", "disk " + text::quote(disk.text) + " lies " + where,
              "move the image, or add its folder to [zones." + own.name.text + "] folders"));
}

void check_disks(Vm& vm, const Cluster& cluster, Problems& problems) {
  const auto own = std::find_if(cluster.zones.begin(), cluster.zones.end(),
                                [&](const Zone& zone) { return zone.name == vm.identity.zone; });
  if (own == cluster.zones.end()) return;  // derived from these zones: cannot be
  if (vm.disks.empty() && !own->folders.empty())
    vm.disks.push_back({own->folders.front().text + "/" + vm.identity.fqn + ".raw"});
  if (vm.disks.empty()) {
    problems.push_back(refusal(
        vm.source, "", "it has no disk, and zone '" + own->name.text + "' no folder for one",
        "add 'disks', or 'folders' to the zone"));
  }
  if (vm.disks.size() > kMostDisks) {
    problems.push_back(refusal(vm.source, "disks",
                               "it has " + std::to_string(vm.disks.size()) + " disks, not 1 to 4",
                               "put the others into a template of its own"));
  }
  for (const auto& disk : vm.disks) check_disk(vm, disk, *own, cluster, problems);
}

void check_node(const Vm& vm, const NodeName& name, const Cluster& cluster, Problems& problems) {
  std::vector<std::string> known;
  for (const auto& node : cluster.nodes) {
    if (node.name == name) return;
    known.push_back(node.name.text);
  }
  const auto meant = text::nearest(name.text, known);
  problems.push_back(refusal(
      vm.source, "nodes", "node " + text::quote(name.text) + " is none of the cluster's",
      meant ? "did you mean '" + *meant + "'?" : "name one of: " + text::join(known, ", ")));
}

void check_nodes(const Vm& vm, const Cluster& cluster, Problems& problems) {
  for (const auto& name : vm.nodes) check_node(vm, name, cluster, problems);
  if (vm.nodes.size() > kMostNodes) {
    problems.push_back(refusal(
        vm.source, "nodes", "it has " + std::to_string(vm.nodes.size()) + " nodes, not at most two",
        "name the first and the second choice"));
  }
  if (vm.nodes.size() == kMostNodes && vm.nodes[0] == vm.nodes[1]) {
    problems.push_back(refusal(vm.source, "nodes", "node '" + vm.nodes[0].text + "' is there twice",
                               "name another as second choice"));
  }
  if (vm.kind == Kind::local && vm.nodes.size() != 1) {
    problems.push_back(refusal(vm.source, "kind",
                               "it is local, and has " + std::to_string(vm.nodes.size()) + " nodes",
                               "name the one node it is on in 'nodes'"));
  }
}

}  // namespace

bool is_device(const Path& disk) {
  return disk.text.starts_with("/dev/");
}

void check(const Cluster& cluster, Problems& problems) {
  for (auto& each : overlaps_of(cluster.zones)) problems.push_back(std::move(each));
  if (cluster.admin_address.has_value() != cluster.admin_interface.has_value()) {
    problems.push_back(
        refusal(cluster.source, cluster.admin_address ? "admin_address" : "admin_interface",
                "of 'admin_address' and 'admin_interface' one is missing", "give both or none"));
  }
}

void complete(Vm& vm, const Cluster& cluster, Problems& problems) {
  check_disks(vm, cluster, problems);
  check_nodes(vm, cluster, problems);
}

}  // namespace havc::inventory
