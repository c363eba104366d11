// What other programs' words mean. Recorded on Debian 12: systemd 252, corosync 3.1.7, Pacemaker
// 2.1.5; of the quorum device as corosync-qdevice-tool(8) has it.

#include "node/programs.h"

#include "base/error.h"
#include "support/catch.h"

using namespace havc;
using namespace havc::node;

TEST_CASE("each unit is told with its state", "[node]") {
  const auto services = parse_units(
      "Id=pacemaker.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\n"
      "LoadState=not-found\nActiveState=inactive\nUnitFileState=\nId=corosync.service\n\n"
      "Id=libvirtd.socket\nLoadState=masked\nActiveState=failed\nUnitFileState=masked");
  CHECK(services == std::vector<Service>{{"pacemaker", "loaded", "active", "enabled"},
                                         {"corosync", "not-found", "inactive", ""},
                                         {"libvirtd.socket", "masked", "failed", "masked"}});
}

TEST_CASE("the local node's name is that at its place in corosync's list", "[node]") {
  const std::string list =
      "nodelist.local_node_pos (u32) = 1\n"
      "nodelist.node.0.name (str) = n1\n"
      "nodelist.node.0.nodeid (u32) = 1\n"
      "nodelist.node.1.name (str) = blade-2\n"
      "nodelist.node.1.ring0_addr (str) = 10.99.0.2\n";
  CHECK(parse_local_name(list) == "blade-2");
  CHECK(parse_local_name("nodelist.local_node_pos (u32) = 2\n" + list.substr(34)).empty());
  CHECK(parse_local_name(list.substr(34)).empty());
  CHECK(parse_local_name("").empty());
}

TEST_CASE("corosync's links are read, of nodes that are there and of those that are not",
          "[node]") {
  const auto corosync = parse_links(
      "Local node ID 1, transport knet\n"
      "nodeid: 2 reachable\n"
      "   LINK: 0 udp (10.99.0.1->10.99.0.2) enabled connected mtu: 1446\n"
      "   LINK: 1 udp (fd00::1->fd00::2) enabled mtu: 1397\n"
      "\n"
      "nodeid: 3\n"
      "   LINK: 0 udp (10.99.0.1->10.99.0.3) enabled mtu: 1397\n"
      "\n");
  CHECK(corosync.id == 1);
  CHECK(corosync.transport == "knet");
  REQUIRE(corosync.peers.size() == 2);
  CHECK(corosync.peers[0] == CorosyncPeer{2,
                                          true,
                                          {{0, "10.99.0.1", "10.99.0.2", true, true},
                                           {1, "fd00::1", "fd00::2", true, false}}});
  CHECK_FALSE(corosync.peers[1].reachable);
  CHECK_FALSE(corosync.peers[1].links[0].connected);
}

TEST_CASE("a node without others has no links", "[node]") {
  CHECK(parse_links("Local node ID 7, transport knet\n").peers.empty());
}

TEST_CASE("what corosync-cfgtool does not say is not taken for no links", "[node]") {
  for (const char* text : {"", "Could not initialize\n", "Local node ID x, transport knet\n",
                           "Local node ID\n", "Local node ID 1, transport knet\nnodeid:\n",
                           "Local node ID 1, transport knet\nnodeid: 2\n LINK: 0\n"}) {
    CHECK_THROWS_AS(parse_links(text), Error);
  }
}

TEST_CASE("a quorum device is configured in its own section alone", "[node]") {
  CHECK(quorum_device_model("quorum {\n  provider: corosync_votequorum\n  device {\n    votes: 1\n"
                            "    model: net\n    net {\n      host: q\n    }\n  }\n}\n") == "net");
  CHECK(quorum_device_model("device {\n  model: net\n}\n").empty());
  CHECK(quorum_device_model("quorum {\n  # model: net\n  device {\n  }\n}\n}}\n").empty());
}

TEST_CASE("the quorum device's own words are kept", "[node]") {
  const auto device = parse_quorum_device(
      "Qdevice information\n-------------------\nModel:                  Net\n"
      "Node ID:                1\n\nQdevice-net information\n----------------------\n"
      "Cluster name:           Cluster\nQNetd host:             localhost:5403\n"
      "Algorithm:              Fifty-Fifty split\nState:                  Connected\n");
  CHECK(device == QuorumDevice{true, "Net", "localhost:5403", "Connected"});
}

TEST_CASE("packages that are not whole are not installed", "[node]") {
  const auto packages = parse_packages(
      "corosync\t3.1.7-1+deb12u2\tii \npacemaker\t2.1.5-1\trc \npackage x is not installed\n");
  CHECK(packages == std::map<std::string, std::string>{{"corosync", "3.1.7-1+deb12u2"}});
}

TEST_CASE("the devices that can fence a node are listed", "[node]") {
  const std::string head =
      "<pacemaker-result api-version=\"2.25\" request=\"stonith_admin --list=n1\">";
  CHECK(parse_devices(head + "<list name=\"registered fence devices\" count=\"2\">"
                             "<item name=\"device\">f1</item><item name=\"device\">f2</item></list>"
                             "<status code=\"0\" message=\"OK\"/></pacemaker-result>") ==
        std::vector<std::string>{"f1", "f2"});
  CHECK(parse_devices(head + "<list name=\"registered fence devices\" count=\"0\"/>"
                             "</pacemaker-result>")
            .empty());
  CHECK_THROWS_AS(parse_devices(head + "</pacemaker-result>"), Error);
  CHECK_THROWS_AS(parse_devices("connection refused"), Error);
}
