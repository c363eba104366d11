#include "remote/hosts.h"

#include "base/text.h"

namespace havc::remote {

std::vector<Host> hosts_of(const inventory::Cluster& cluster, std::string_view here) {
  std::vector<Host> hosts;
  for (const auto& node : cluster.nodes)
    hosts.push_back(
        {node.name.text, node.address.text, text::equal_ignoring_case(node.name.text, here)});
  return hosts;
}

Host this_machine(std::string_view here) {
  return {std::string(here), {}, true};
}

}  // namespace havc::remote
