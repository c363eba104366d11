#include "power/host_map.h"

#include "base/error.h"
#include "support/catch.h"

namespace {

using namespace havc::power;
using Catch::Matchers::Contains;

Bay bay(int number, const std::string& name, bool exists = true) {
  Bay result;
  result.index = static_cast<std::uint32_t>(number);
  result.number = number;
  result.name = name;
  result.exists = exists;
  return result;
}

std::vector<int> numbers(const std::vector<Bay>& bays) {
  std::vector<int> result;
  result.reserve(bays.size());
  for (const auto& one : bays) result.push_back(one.number);
  return result;
}

std::vector<int> find(std::string_view host, const std::vector<Bay>& all, const HostMap& map = {}) {
  return numbers(bays_of(host, all, map));
}

HostMap map_of(std::string_view text) {
  return parse_host_map(text).value();
}

using Numbers = std::vector<int>;

TEST_CASE("a host is found by its bay's label in any case, and with or without a domain",
          "[power]") {
  const std::vector<Bay> all{bay(1, "other"), bay(2, "Node1"), bay(3, "Node 3 (spare)"),
                             bay(4, "vm.example.com")};
  const auto [host, number] = GENERATE(table<std::string, int>({
      {"node1", 2},
      {"NODE1.example.com", 2},
      {"node_3", 3},
      {"node 3 (spare)", 3},
      {"vm", 4},
      {"VM.Example.com", 4},
  }));
  CHECK(find(host, all) == Numbers{number});
}

TEST_CASE("a host in no bay is refused with the hosts there are", "[power]") {
  const std::vector<Bay> all{bay(1, "node1"), bay(2, "vm.example.com"), bay(3, "")};
  const auto* host = GENERATE("node2", "node", "node11", "vm.other.org", "", "_");
  CHECK_THROWS_WITH(find(host, all),
                    Contains("no bay of this chassis is host") && Contains("node1 vm.example.com"));
}

TEST_CASE("an exact label is preferred to one that agrees but for its domain", "[power]") {
  const std::vector<Bay> all{bay(1, "node1.example.com"), bay(5, "node1")};
  CHECK(find("node1", all) == Numbers{5});
  CHECK(find("node1.example.com", all) == Numbers{1});
}

TEST_CASE("bays side by side with one label are one wide blade", "[power]") {
  CHECK(find("node1", {bay(4, "node1"), bay(3, "node1"), bay(5, "node2")}) == Numbers{3, 4});
}

TEST_CASE("labels that may mean two blades are refused", "[power]") {
  const auto all = GENERATE(values<std::vector<Bay>>({
      {bay(3, "node1"), bay(7, "node1")},
      {bay(3, "node1.a.org"), bay(4, "node1.b.org")},
      {bay(3, "node1"), bay(4, "node1"), bay(6, "NODE1")},
  }));
  CHECK_THROWS_WITH(find("node1", all),
                    Contains("it is not clear which bay is host 'node1'") && Contains("host_map"));
}

TEST_CASE("an empty bay with the host's label is doubt, not proof", "[power]") {
  CHECK_THROWS_WITH(find("node1", {bay(3, "node1", false)}),
                    Contains("bay 3 (node1) of host 'node1' is empty"));
  CHECK_THROWS_WITH(find("node1", {bay(3, "node1"), bay(4, "node1", false)}),
                    Contains("bay 4 (node1)"));
  CHECK_THROWS_WITH(find("node1", {bay(3, "node1"), bay(9, "node1", false)}),
                    Contains("it is not clear"));
}

TEST_CASE("the map goes before the labels, and takes all bays it names", "[power]") {
  const std::vector<Bay> all{bay(1, "b1"), bay(3, "x"), bay(4, "y"), bay(5, "node2")};
  CHECK(find("NODE1", all, map_of("node1:4,3")) == Numbers{3, 4});
  CHECK(find("node1.example.com", all, map_of("node1:3")) == Numbers{3});
  CHECK(find("node2", all, map_of("node1:3")) == Numbers{5});
}

TEST_CASE("a blade with a mapped host's name in a bay of nobody may be that host, moved",
          "[power]") {
  const std::vector<Bay> all{bay(1, "b1"), bay(3, "x"), bay(7, "Node1")};
  CHECK_THROWS_WITH(find("node1", all, map_of("node1:3")),
                    Contains("'host_map' says bay 3 (x), but bay 7 (Node1) carries its name"));
  CHECK_THROWS_WITH(find("node1.a.org", all, map_of("node1:3")), Contains("it is not clear"));
  CHECK(find("node1", all, map_of("node1:3;node2:7")) == Numbers{3});  // labels that are wrong
  CHECK(find("node1", all, map_of("node1:3,7")) == Numbers{3, 7});
  CHECK(find("node1", {bay(3, "x"), bay(7, "node1", false)}, map_of("node1:3")) == Numbers{3});
}

TEST_CASE("a bay of the map that is not there or empty is refused", "[power]") {
  CHECK_THROWS_WITH(find("a", {bay(1, "a")}, map_of("a:15")),
                    Contains("bay 15, which this chassis does not have"));
  CHECK_THROWS_WITH(find("a", {bay(1, "", false)}, map_of("a:1")),
                    Contains("bay 1 of host 'a' is empty"));
}

TEST_CASE("a label on a bay that the map gives to somebody else is refused", "[power]") {
  CHECK_THROWS_WITH(find("node2", {bay(3, "node2")}, map_of("node1:3")),
                    Contains("it is not clear"));
}

TEST_CASE("bays without numbers of their own are refused", "[power]") {
  CHECK_THROWS_WITH(find("a", {bay(0, "a")}), Contains("does not number its bays"));
  CHECK_THROWS_WITH(find("a", {bay(2, "a"), bay(2, "b")}), Contains("does not number its bays"));
}

TEST_CASE("a map is refused as a whole when part of it is odd", "[power]") {
  const auto* text = GENERATE("node1", "node1:", ":3", "node1:0", "node1:x", "node1:3,", "a:1;A:2",
                              "a:1;b:1", "a:1,1", "a:-1", "a:1000");
  CAPTURE(text);
  const auto map = parse_host_map(text);
  // A trailing comma is harmless; all else is not.
  CHECK(map.has_value() == (std::string(text) == "node1:3,"));
}

TEST_CASE("labels are what HAVC-II printed, and safe in a list", "[power]") {
  const auto [name, expected] = GENERATE(table<std::string, std::string>({
      {" node1 (old one)", "node1"},
      {"my blade", "my_blade"},
      {"a,b;c\td\xc3\xa4", "a_b_c_d__"},
      {"(none)", ""},
      {"", ""},
  }));
  CHECK(label(bay(1, name)) == expected);
}

TEST_CASE("hosts are the map's and the other labels, each once, without empty bays", "[power]") {
  const std::vector<Bay> all{bay(1, "b1"),          bay(2, "b2"), bay(3, "b2"),
                             bay(4, "gone", false), bay(5, ""),   bay(6, "x")};
  using Names = std::vector<std::string>;
  CHECK(hosts(all, {}) == Names{"b1", "b2", "x"});
  CHECK(hosts(all, map_of("node6:6;node9:9;B1:1")) == Names{"node6", "B1", "b2"});
}

}  // namespace
