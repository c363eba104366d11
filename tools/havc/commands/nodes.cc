// havc nodes: the nodes of the cluster, and what they have left for guests.

#include <algorithm>
#include <ostream>

#include "base/text.h"
#include "havc/commands.h"
#include "havc/output.h"
#include "havc/reach.h"
#include "havc/status.h"

namespace havc::cli {

namespace {

constexpr ColumnDoc kColumns[] = {
    {"name", "NAME", "The name"},
    {"state", "STATE",
     "online, offline or joining; to be fenced, standby, standby after a failure, maintenance, "
     "leaving"},
    {"vms", "VMS", "How many VMs are active there, as Pacemaker says"},
    {"cpus", "CPUS", "CPUs that the cluster's configuration gives it for guests"},
    {"cpus_left", "LEFT", "What the VMs there leave of them"},
    {"memory", "MEMORY", "Memory for guests in MiB, likewise"},
    {"memory_left", "LEFT", "What the VMs there leave of it"},
    {"type", "TYPE", "member, remote, guest or other", false},
    {"address", "ADDRESS", "Where ssh reaches it, as the inventory says", false},
};

Cell amount(const cluster::ConfiguredNode* node, const std::string& kind) {
  if (node == nullptr) return {};
  const auto found = node->utilization.find(kind);
  return found == node->utilization.end() ? Cell() : Cell(cluster::amount_of(found->second));
}

Cell left(const cluster::Overview& overview, const cluster::ConfiguredNode* node,
          const std::string& kind) {
  const bool known = !std::holds_alternative<std::monostate>(amount(node, kind));
  return known ? Cell(overview.left(node->name, kind)) : Cell();
}

std::int64_t guests_of(const cluster::Overview& overview, const std::string& node) {
  const auto ids = known_to(overview);
  return std::count_if(ids.begin(), ids.end(), [&](const std::string& id) {
    const auto* resource = overview.resource(id);
    return resource != nullptr && resource->active &&
           std::find(resource->nodes.begin(), resource->nodes.end(), node) != resource->nodes.end();
  });
}

Row row_of(const cluster::Node& node, const cluster::Overview& overview, const Reach& reach) {
  constexpr std::string_view kTypes[] = {"member", "remote", "guest", "other"};
  const auto* configured = overview.configuration()->node(node.name);
  const auto& hosts = reach.nodes();
  const auto host = std::find_if(hosts.begin(), hosts.end(),
                                 [&](const auto& each) { return each.name == node.name; });
  return {node.name,
          words_of(node),
          guests_of(overview, node.name),
          amount(configured, "cpu"),
          left(overview, configured, "cpu"),
          amount(configured, "memory"),
          left(overview, configured, "memory"),
          std::string(kTypes[static_cast<std::size_t>(node.type)]),
          host == hosts.end() ? Cell() : Cell(host->address)};
}

int nodes(Call& call) {
  const Reach reach(call);
  for (const auto& problem : call.reading().problems) call.err() << problem.what() << '\n';
  const auto asked = reach.ask();
  const cluster::Overview overview(asked.status, &asked.configuration);
  std::vector<Row> rows;
  bool ready = true;
  for (const auto& node : asked.status.nodes) {
    rows.push_back(row_of(node, overview, reach));
    ready = ready && node.ready();
  }
  for (const auto& host : reach.nodes()) {
    if (asked.status.node(host.name) != nullptr) continue;
    rows.push_back({host.name,
                    std::vector<std::string>{"not in the cluster"},
                    {},
                    {},
                    {},
                    {},
                    {},
                    {},
                    host.address});
    ready = false;
  }
  print_rows(call, "havc.nodes/1", rows);
  if (!call.common().json && !call.flag("--no-headers") && !asked.status.quorate)
    call.out() << "\nno quorum\n";
  if (!ready || !asked.status.quorate) return kPending;
  return call.reading().problems.empty() ? kDone : kFailed;
}

}  // namespace

const Command kNodes{
    .name = "nodes",
    .group = Group::look,
    .summary = "Show the nodes of the cluster, and what they have left for guests",
    .description =
        "The cluster's nodes as Pacemaker sees them, and those of the inventory that it does not "
        "know. CPUs and memory are those of the configuration (utilization): what Pacemaker "
        "reckons with, not what a node uses at this moment.",
    .columns = kColumns,
    .exit_status =
        "1: it could not be found out.\n\n"
        "2: a node is not ready for VMs, or there is no quorum.",
    .run = nodes,
};

}  // namespace havc::cli
