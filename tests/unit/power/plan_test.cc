#include "power/plan.h"

#include "power/scaling.h"
#include "support/catch.h"

namespace {

using namespace havc::power;
using Catch::Matchers::Contains;
using havc::snmp::Absent;
using havc::snmp::Row;
using havc::snmp::Value;

Bay bay(int number, const std::string& name, bool exists = true) {
  Bay result;
  result.index = static_cast<std::uint32_t>(number);
  result.number = number;
  result.name = name;
  result.exists = exists;
  result.empty = !exists;
  return result;
}

System system(std::vector<int> bays, bool one_image) {
  return {.chassis = 0,
          .bays = std::move(bays),
          .one_image = one_image,
          .words = one_image ? "partition 1 of complex 1" : "complex 1"};
}

std::vector<int> numbers(const Plan& plan) {
  std::vector<int> result;
  for (const auto& target : plan.targets) result.push_back(target.bay.number);
  return result;
}
using Numbers = std::vector<int>;

/// Bays 3 and 4 are joined, 5 is not.
Survey joined(bool one_image, const std::string& second = "SN#1") {
  Survey survey({bay(3, "big"), bay(4, second), bay(5, "node5")});
  survey.systems.push_back(system({3, 4}, one_image));
  return survey;
}

HostMap map_of(std::string_view text) {
  return parse_host_map(text).value();
}

TEST_CASE("a blade that is joined to none is its own plan", "[power]") {
  const auto plan = make_plan("node5", joined(true), {});
  CHECK(numbers(plan) == Numbers{5});
  CHECK_FALSE(plan.scaled);
  CHECK(plan.notes.empty());
  CHECK(plan.host == "node5");
}

TEST_CASE("all blades of a partition are switched together, whichever is asked for", "[power]") {
  const auto* plug = GENERATE("big", "4", "3,4");
  const auto plan = make_plan(plug, joined(true), {});
  CHECK(numbers(plan) == Numbers{3, 4});
  CHECK(plan.scaled);
  CHECK(plan.systems == std::vector<std::string>{"partition 1 of complex 1 (bays 3, 4)"});
}

TEST_CASE("that a blade is switched with its partition is told, also when it has another name",
          "[power]") {
  const auto plan = make_plan("big", joined(true, "node9"), {});
  CHECK(numbers(plan) == Numbers{3, 4});
  REQUIRE(plan.notes.size() == 1);
  CHECK_THAT(plan.notes[0], Contains("bay 4 (node9) is one system with bay 3 (big)"));
}

TEST_CASE("a partition whose blades the map gives to two hosts is refused", "[power]") {
  CHECK_THROWS_WITH(make_plan("a", joined(true), map_of("a:3;b:4")),
                    Contains("but 'host_map' gives it to host 'b'"));
  CHECK_THROWS_WITH(make_plan("big", joined(true), map_of("b:4")),
                    Contains("gives it to host 'b'"));
  CHECK(numbers(make_plan("a", joined(true), map_of("a:3,4"))) == Numbers{3, 4});
  CHECK(numbers(make_plan("a", joined(true), map_of("a:3"))) == Numbers{3, 4});
}

TEST_CASE("a blade of a partition that has no row is doubt", "[power]") {
  auto survey = joined(true);
  survey.bays.erase(survey.bays.begin() + 1);
  CHECK_THROWS_WITH(make_plan("big", survey, {}),
                    Contains("bay 4 belongs to partition 1 of complex 1"));
  CHECK(numbers(make_plan("node5", survey, {})) == Numbers{5});
}

TEST_CASE("blades of a chassis whose partitions are not known cannot be switched off for certain",
          "[power]") {
  auto survey = joined(true);
  survey.systems.clear();
  survey.joined_unknown.push_back(
      {0, havc::Error(havc::Fault::timed_out, "timed out: no answer", "look at it")});
  CHECK_THROWS_WITH(make_plan("big", survey, {}),
                    Contains("which blades are one system with bay 3 (big): timed out"));
  survey.joined_unknown.front().chassis = 2;
  CHECK(numbers(make_plan("big", survey, {})) == Numbers{3});
}

TEST_CASE("a blade of a partition that is missing is doubt", "[power]") {
  auto survey = joined(true);
  survey.bays[1].exists = false;
  survey.bays[1].empty = true;
  CHECK_THROWS_WITH(make_plan("big", survey, {}), Contains("bay 4 (SN#1)") && Contains("is empty"));
  CHECK(numbers(make_plan("big", survey, {}, Missing::accepted)) == Numbers{3, 4});
}

TEST_CASE("blades that are only joined belong together unless they have names of their own",
          "[power]") {
  SECTION("the same name") {
    CHECK(numbers(make_plan("big", joined(false, "big"), {})) == Numbers{3, 4});
  }
  SECTION("no name") {
    CHECK(numbers(make_plan("big", joined(false, ""), {})) == Numbers{3, 4});
  }
  SECTION("a serial number in place of a name") {
    auto survey = joined(false, "KD123");
    survey.bays[1].serial = "KD123";
    CHECK(numbers(make_plan("big", survey, {})) == Numbers{3, 4});
  }
  SECTION("another name") {
    const auto plan = make_plan("big", joined(false, "node4"), {});
    CHECK(numbers(plan) == Numbers{3});
    CHECK(plan.scaled);
    REQUIRE(plan.notes.size() == 1);
    CHECK_THAT(plan.notes[0], Contains("bay 4 (node4)") && Contains("'host_map'"));
  }
  SECTION("the map decides") {
    CHECK(numbers(make_plan("a", joined(false, ""), map_of("a:3"))) == Numbers{3});
    CHECK(numbers(make_plan("a", joined(false, ""), map_of("a:3,4"))) == Numbers{3, 4});
    CHECK(numbers(make_plan("big", joined(false, ""), map_of("a:4"))) == Numbers{3});
  }
}

TEST_CASE("a target says which chassis it is in", "[power]") {
  Survey survey({bay(3, "a"), bay(3, "b")});
  survey.count = 2;
  survey.bays[0].chassis = 1;
  survey.bays[1].chassis = 2;
  const auto plan = make_plan("a,b", survey, {});
  REQUIRE(plan.targets.size() == 2);
  CHECK(plan.targets[0].link == 0);
  CHECK(plan.targets[1].link == 1);
}

TEST_CASE("a blade that works on itself, and one with the same name, are told of", "[power]") {
  Survey survey({bay(3, "a"), bay(4, "a")});
  survey.bays[0].busy = true;
  survey.bays[0].health = "flashing";
  survey.notes.emplace_back("the inventory was not read");
  const auto plan = make_plan("3", survey, {});
  CHECK(numbers(plan) == Numbers{3});
  REQUIRE(plan.notes.size() == 3);
  CHECK_THAT(plan.notes[0], Contains("bay 3 (a)") && Contains("flashing"));
  CHECK_THAT(plan.notes[1], Contains("bay 4 (a) has the same name"));
  CHECK(plan.notes[2] == "the inventory was not read");
}

// Who is joined to whom.

/// complex, partition, role, type
Row node(std::uint32_t bay_number, Value complex, Value partition, Value role, Value type) {
  return {bay_number, {complex, partition, role, type}};
}
Value number(std::int64_t value) {
  return value;
}

std::vector<System> systems(const std::vector<Row>& rows,
                            const std::vector<std::pair<std::int64_t, std::int64_t>>& alone = {}) {
  return systems_of(kBladeCenter, 0, nodes_of(kBladeCenter, rows), alone);
}

TEST_CASE("blades of a partition are one system, with their memory apart", "[power]") {
  const auto found = systems({node(3, number(1), number(2), number(1), number(1)),
                              node(4, number(1), number(2), number(2), number(2)),
                              node(5, number(1), number(2), number(2), number(1)),
                              node(7, number(2), number(2), number(1), number(1))});
  REQUIRE(found.size() == 2);
  CHECK(found[0].bays == Numbers{3, 5});
  CHECK(found[0].drawers == Numbers{4});
  CHECK(found[0].one_image);
  CHECK(found[0].words == "partition 2 of complex 1");
  CHECK(found[1].bays == Numbers{7});
}

TEST_CASE("a system may run on a node of a type that is not known", "[power]") {
  const auto found = systems({node(3, number(1), number(1), number(1), number(1)),
                              node(4, number(1), number(1), number(2), number(255)),
                              node(5, number(1), number(1), number(2), Absent()),
                              node(6, number(1), number(1), number(2), number(3))});
  REQUIRE(found.size() == 1);
  CHECK(found[0].bays == Numbers{3, 4, 5});
  CHECK(found[0].drawers == Numbers{6});
}

TEST_CASE("a node without a partition works for itself", "[power]") {
  CHECK(systems({}).empty());
  CHECK(systems({node(3, number(1), number(1), number(255), number(1))}).empty());
  CHECK(systems({node(3, number(1), number(255), number(1), number(1))}).empty());
  CHECK(systems({node(3, Absent(), Absent(), Absent(), number(1))}).empty());
  CHECK(systems({node(3, number(1), number(1), Absent(), number(1))}).size() == 1);
}

TEST_CASE("the blades of a partition in stand-alone mode work for themselves", "[power]") {
  const std::vector<Row> rows{node(3, number(1), number(1), number(1), number(1)),
                              node(4, number(1), number(1), number(2), number(1))};
  CHECK(partitions_of(nodes_of(kBladeCenter, rows)).size() == 1);
  CHECK(systems(rows).size() == 1);
  CHECK(systems(rows, {{1, 1}}).empty());
}

TEST_CASE("the Flex System tells which nodes are joined, and no more", "[power]") {
  const auto found =
      systems_of(kFlexSystem, 2,
                 nodes_of(kFlexSystem,
                          {{1, {number(1)}}, {2, {number(1)}}, {5, {number(2)}}, {6, {Absent()}}}),
                 {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].bays == Numbers{1, 2});
  CHECK(found[0].chassis == 2);
  CHECK_FALSE(found[0].one_image);
}

}  // namespace
