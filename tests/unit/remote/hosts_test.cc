#include "remote/hosts.h"

#include "support/catch.h"

using havc::remote::Host;
using havc::remote::hosts_of;

TEST_CASE("nodes keep their order, and the one of this machine's name is here", "[hosts]") {
  havc::inventory::Cluster cluster;
  for (const auto* name : {"node2", "node1", "node1.example.org"}) {
    auto& node = cluster.nodes.emplace_back();
    node.name.text = name;
    node.address.text = std::string("at-") + name;
  }
  CHECK(hosts_of(cluster, "Node1") ==
        std::vector<Host>{{"node2", "at-node2", false},
                          {"node1", "at-node1", true},
                          {"node1.example.org", "at-node1.example.org", false}});
}
