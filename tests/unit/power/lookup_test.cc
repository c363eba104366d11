#include "power/lookup.h"

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
  result.empty = !exists;
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

TEST_CASE("bays side by side with one label are one blade when more than the label says so",
          "[power]") {
  std::vector<Bay> all{bay(4, "node1"), bay(3, "node1"), bay(5, "node2")};
  CHECK_THROWS_WITH(find("node1", all), Contains("not known to be one blade or one partition"));
  SECTION("the width of the first") {
    all[1].width = 2;
    CHECK(find("node1", all) == Numbers{3, 4});
    all.push_back(bay(6, "NODE1"));
    all[2].name = "node1";
    CHECK_THROWS_WITH(find("node1", all), Contains("it is not clear"));
  }
  SECTION("the width of another") {
    all[0].width = 2;
    CHECK_THROWS_WITH(find("node1", all), Contains("it is not clear"));
  }
  SECTION("the same UUID") {
    all[0].uuid = all[1].uuid = "d63fa2941bb44a129d4248d0be6a3a20";
    CHECK(find("node1", all) == Numbers{3, 4});
  }
  SECTION("the same serial number") {
    all[0].serial = all[1].serial = "KD123AB";
    CHECK(find("node1", all) == Numbers{3, 4});
  }
}

TEST_CASE("blades of one system may have one label, wherever they are", "[power]") {
  Survey survey({bay(3, "big"), bay(5, "big"), bay(6, "big")});
  survey.systems.push_back({.bays = {3, 5}, .one_image = true, .words = "partition 1"});
  CHECK_THROWS_WITH(bays_of("big", survey, {}), Contains("it is not clear"));
  survey.bays.pop_back();
  CHECK(numbers(bays_of("big", survey, {})) == Numbers{3, 5});
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
                    Contains("bay 4 (node1)") && Contains("is empty"));
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

/// Two chassis with blades of their own, and whose first bay 3 is free.
Survey two_chassis() {
  Survey survey({bay(3, "node1"), bay(4, "spare"), bay(3, "node2"), bay(5, "node3")});
  survey.count = 2;
  for (std::size_t i = 0; i < survey.bays.size(); ++i) survey.bays[i].chassis = i < 2 ? 1 : 2;
  return survey;
}

std::vector<std::string> places(std::string_view plug, const Survey& survey,
                                const HostMap& map = {}) {
  std::vector<std::string> result;
  for (const auto& one : bays_of(plug, survey, map)) result.push_back(one.place());
  return result;
}
using Places = std::vector<std::string>;

/// Bays 3 and 5 with everything that identifies a blade.
std::vector<Bay> identified() {
  std::vector<Bay> all{bay(3, "node1"), bay(5, "node2")};
  all[0].uuid = "d63fa2941bb44a129d4248d0be6a3a20";
  all[0].serial = "KD123AB";
  all[1].uuid = "00112233445566778899aabbccddeeff";
  all[1].serial = "KD456CD";
  return all;
}

TEST_CASE("a plug is a bay's number, a UUID in either order of bytes, or a serial number",
          "[power]") {
  const auto* plug = GENERATE("3", "03", "1/3", " 3 ", "d63fa294-1bb4-4a12-9d42-48d0be6a3a20",
                              "D63FA2941BB44A129D4248D0BE6A3A20",
                              "94a23fd6-b41b-124a-9d42-48d0be6a3a20", "KD123AB", "kd123ab");
  CHECK(find(plug, identified()) == Numbers{3});
}

TEST_CASE("several plugs stand between commas, each for itself", "[power]") {
  CHECK(find("3,5", identified()) == Numbers{3, 5});
  CHECK(find("5, 3", identified()) == Numbers{3, 5});
  CHECK(find("node1,KD456CD,3", identified()) == Numbers{3, 5});
  CHECK_THROWS_WITH(find("3,9", identified()), Contains("no bay of this chassis is host '9'"));
  CHECK_THROWS_WITH(find(",", identified()), Contains("no bay"));
  CHECK(find("a,b", {bay(1, "a,b"), bay(2, "a"), bay(3, "b")}) == Numbers{1});
}

TEST_CASE("a plug that two readings give to different bays is refused", "[power]") {
  auto all = identified();
  SECTION("number and name") {
    all[1].name = "3";
    CHECK_THROWS_WITH(find("3", all),
                      Contains("it is not clear") && Contains("bay 5 (3) or bay 3"));
  }
  SECTION("number and name, the numbered bay being empty") {
    all[1].name = "3";
    all[0].exists = false;
    CHECK_THROWS_WITH(find("3", all), Contains("it is not clear"));
  }
  SECTION("number and map") {
    CHECK_THROWS_WITH(find("3", all, map_of("3:5")), Contains("it is not clear"));
  }
  SECTION("serial number and name: a name that stayed behind when the blade was moved") {
    all[1].name = "KD123AB";
    CHECK_THROWS_WITH(find("KD123AB", all), Contains("it is not clear"));
  }
  SECTION("one UUID and another one's other order") {
    all[1].uuid = swapped(all[0].uuid);
    CHECK_THROWS_WITH(find(all[0].uuid, all), Contains("it is not clear"));
  }
}

TEST_CASE("readings that agree are no contradiction", "[power]") {
  auto all = identified();
  all[0].name = "3";
  CHECK(find("3", all) == Numbers{3});
  all[0].name = all[0].serial;  // as the Flex System names blades that have no name
  CHECK(find("KD123AB", all) == Numbers{3});
  CHECK(find("3", all, map_of("3:3")) == Numbers{3});
}

TEST_CASE("a UUID or serial number in a bay that the map gives to somebody is that bay's",
          "[power]") {
  CHECK_THROWS_WITH(find("KD123AB", identified(), map_of("node9:3")), Contains("it is not clear"));
  CHECK(find("3", identified(), map_of("node9:3")) == Numbers{3});
}

TEST_CASE("a bay that a wide blade fills is part of it when it reads as empty", "[power]") {
  std::vector<Bay> all{bay(3, "wide"), bay(4, "", false), bay(5, "x")};
  all[0].width = 2;
  CHECK(find("wide", all, map_of("wide:3,4")) == Numbers{3});
  all[1].name = "wide";
  CHECK(find("wide", all) == Numbers{3});
  CHECK_THROWS_WITH(find("b", all, map_of("b:4")),
                    Contains("bay 4 (wide) of host 'b' belongs to the blade in bay 3 (wide)"));
  all[1].exists = true;
  CHECK(find("wide", all) == Numbers{3, 4});
}

TEST_CASE("the second row of a wide blade proves nothing alone", "[power]") {
  std::vector<Bay> all{bay(3, "wide"), bay(4, "wide"), bay(5, "x")};
  all[0].width = all[1].width = 2;  // in each of its rows
  const auto* name = GENERATE("wide", "");
  all[1].name = name;
  CHECK_THROWS_WITH(find("4", all), Contains("belongs to the blade in bay 3 (wide)"));
  CHECK_THROWS_WITH(find("b", all, map_of("b:4")), Contains("belongs to the blade"));
  CHECK(find("3,4", all) == Numbers{3, 4});
  CHECK(find("5", all) == Numbers{5});
  all[1].name = "own";
  CHECK(find("4", all) == Numbers{4});
}

TEST_CASE("a bay that holds a system's memory is part of it when it reads as empty", "[power]") {
  Survey survey({bay(3, "big"), bay(6, "", false)});
  survey.systems.push_back({.bays = {3}, .drawers = {6}, .one_image = true, .words = ""});
  CHECK(numbers(bays_of("big", survey, map_of("big:3,6"))) == Numbers{3});
  CHECK_THROWS_WITH(bays_of("x", survey, map_of("x:6")), Contains("belongs to the blade in bay 3"));
}

TEST_CASE("an empty bay is accepted when the administrator says so, but not a bay of others",
          "[power]") {
  std::vector<Bay> all{bay(3, "node1", false), bay(4, "wide"), bay(5, "", false)};
  all[1].width = 2;
  CHECK(numbers(bays_of("node1", Survey(all), {}, Missing::accepted)) == Numbers{3});
  CHECK_THROWS_WITH(bays_of("5", Survey(all), {}, Missing::accepted),
                    Contains("belongs to the blade"));
  all[0].empty = false;  // says neither
  CHECK_THROWS_WITH(bays_of("node1", Survey(all), {}, Missing::accepted), Contains("is empty"));
}

TEST_CASE("with several chassis a bay is given with its chassis", "[power]") {
  CHECK(places("2/3", two_chassis()) == Places{"2/3"});
  CHECK(places("node2", two_chassis()) == Places{"2/3"});
  CHECK(places("1/3,2/3", two_chassis()) == Places{"1/3", "2/3"});
  CHECK(places("x", two_chassis(), map_of("x:1/4,2/5")) == Places{"1/4", "2/5"});
  CHECK_THROWS_WITH(places("3", two_chassis()),
                    Contains("bay 3 may be in any of 2 chassis") && Contains("as in 1/3"));
  CHECK_THROWS_WITH(places("3/3", two_chassis()), Contains("no bay of this chassis"));
}

TEST_CASE("a name in two chassis is refused, also in neighbouring numbers", "[power]") {
  auto survey = two_chassis();
  survey.bays[1].name = "node3";
  CHECK_THROWS_WITH(places("node3", survey),
                    Contains("it is not clear") && Contains("bay 1/4 (node3), bay 2/5 (node3)"));
}

TEST_CASE("a chassis that is silent is in the way only of what it may have", "[power]") {
  auto survey = two_chassis();
  survey.bays.resize(2);
  survey.silent.push_back(
      {2, havc::Error(havc::Fault::timed_out, "timed out: no answer from 'b'", "look at it")});
  CHECK(places("node1", survey) == Places{"1/3"});
  CHECK(places("x", survey, map_of("x:1/4;y:2/5")) == Places{"1/4"});
  const auto* plug = GENERATE("node2", "2/3", "y", "2/9");
  CHECK_THROWS_WITH(places(plug, survey, map_of("x:1/4;y:2/5")),
                    Contains("chassis 2 does not answer: timed out") && Contains("look at it"));
}

TEST_CASE("names that cannot be used and a map that is out of date are told beforehand",
          "[power]") {
  const std::vector<Bay> all{bay(1, "twice"), bay(2, "moved"), bay(5, "twice"), bay(6, "good"),
                             bay(7, "", false)};
  const auto found = contradictions(all, map_of("moved:6;gone:7;none:9"));
  REQUIRE(found.size() == 4);
  CHECK_THAT(found[0], Contains("'moved'") && Contains("carries its name"));
  CHECK_THAT(found[1], Contains("'twice'") && Contains("it is not clear"));
  CHECK_THAT(found[2], Contains("'gone' is empty"));
  CHECK_THAT(found[3], Contains("bay 9, which this chassis does not have"));
}

}  // namespace
