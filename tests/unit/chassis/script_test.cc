#include "chassis/script.h"

#include "base/error.h"
#include "chassis/scenarios.h"
#include "support/catch.h"

#include <set>

using namespace havc::chassis;
using namespace std::chrono_literals;

namespace {

const havc::Instant kStart{1h};

World world_with_blades() {
  Chassis chassis(14, false);
  for (const int bay : {3, 5}) {
    for (const auto& assignment :
         {std::string("exists=1"), std::string("state=on"), "label=node" + std::to_string(bay)})
      chassis.set(bay, assignment, kStart);
  }
  return {Module{}, chassis, kStart};
}

}  // namespace

TEST_CASE("a script line is answered with ok or an error, and dump tells the state", "[chassis]") {
  World world = world_with_blades();
  Script script(world);
  CHECK(script.execute("bay 3 state=255", kStart) == "ok\n");
  CHECK(script.execute("bay 2 label=a name with blanks", kStart) == "ok\n");
  CHECK(world.chassis.bay(2).label == "a name with blanks");
  CHECK(script.execute("drop 2", kStart) == "ok\n");
  CHECK(world.traffic.drop == 2);
  CHECK_THAT(script.execute("dump", kStart),
             Catch::Contains("bay 3 exists=1 state=255 target=none accepted=0"));
  CHECK_FALSE(script.quit_requested());
}

TEST_CASE("a line that makes no sense is an error", "[chassis]") {
  World world = world_with_blades();
  Script script(world);
  const std::string line =
      GENERATE("bay 19 state=1", "bay", "fly", "", "drop", "silent maybe", "at 10",
               "at x bay 3 state=1", "on-set 19 silent on", "on-read 3", "on-read 3 2",
               "on-set 3 fly", "partition", "partition 3,3", "partition 3,4 backwards", "module",
               "module face=x", "scenario", "scenario none", "swap 3");
  CHECK_THAT(script.execute(line, kStart), Catch::StartsWith("error: "));
}

TEST_CASE("lines wait for a point in time", "[chassis]") {
  World world = world_with_blades();
  Script script(world);
  REQUIRE(script.execute("at 100 bay 3 state=off", kStart) == "ok\n");
  CHECK(world.triggers.next_event() == kStart + 100ms);
  script.run_due(kStart + 99ms);
  CHECK(world.chassis.bay(3).state == PowerState::on);
  script.run_due(kStart + 100ms);
  CHECK(world.chassis.bay(3).state == PowerState::off);
  CHECK(world.triggers.next_event() == std::nullopt);
}

TEST_CASE("lines wait for a bay to be read or written, so many times", "[chassis]") {
  World world = world_with_blades();
  Script script(world);
  const auto [verb, event] = GENERATE(table<std::string, Event>(
      {{"on-read", Event::read}, {"on-set", Event::set}, {"after-set", Event::after}}));
  REQUIRE(script.execute(verb + " 3 2 silent on", kStart) == "ok\n");
  script.run_fired(event, 5, kStart);
  script.run_fired(event, 3, kStart);
  CHECK_FALSE(world.traffic.silent);
  script.run_fired(event, 3, kStart);
  CHECK(world.traffic.silent);
  REQUIRE(script.execute("clear", kStart) == "ok\n");
  script.run_fired(event, 3, kStart);
  CHECK_FALSE(world.traffic.silent);
}

TEST_CASE("a trigger may set another", "[chassis]") {
  World world = world_with_blades();
  Script script(world);
  REQUIRE(script.execute("on-set 3 at 50 bay 3 state=255", kStart) == "ok\n");
  script.run_fired(Event::set, 3, kStart + 1s);
  CHECK(world.triggers.next_event() == kStart + 1050ms);
}

TEST_CASE("a file of lines may have comments, and its errors name the line", "[chassis]") {
  World world = world_with_blades();
  Script script(world);
  script.obey_file("# what follows\n\n  drop 1\nlose 2", kStart);
  CHECK(world.traffic.lose == 2);
  try {
    script.obey_file("drop 1\n\nfly\n", kStart);
    FAIL("no error");
  } catch (const havc::Error& error) {
    CHECK_THAT(error.problem(), Catch::StartsWith("line 3: "));
  }
}

TEST_CASE("reset goes back to the start, with all that was planned", "[chassis]") {
  World world = world_with_blades();
  Script script(world);
  script.obey("partition 3,5", kStart);
  script.keep_as_start();
  for (const char* line :
       {"silent on", "bay 3 state=255", "module face=cmm", "partition 5", "at 10 quit", "reset"}) {
    REQUIRE(script.execute(line, kStart) == "ok\n");
  }
  CHECK_FALSE(world.traffic.silent);
  CHECK(world.chassis.bay(3).state == PowerState::on);
  CHECK(world.chassis.partition_of(3) != nullptr);
  CHECK(world.module.face == Face::amm);
  CHECK(world.triggers.size() == 0);
}

TEST_CASE("the log tells which SETs came", "[chassis]") {
  World world = world_with_blades();
  Script script(world);
  world.log.push_back({kStart + 20ms, 3, "off", Answer::refused});
  CHECK(script.execute("log", kStart) == "set ms=20 bay=3 what=off answer=refused\nok\n");
}

TEST_CASE("every scenario of the simulator can be played, and none twice the same", "[chassis]") {
  std::set<std::string_view> names;
  for (const Scenario& scenario : scenarios()) {
    CAPTURE(scenario.name);
    CHECK(names.insert(scenario.name).second);
    CHECK_FALSE(scenario.shows.empty());
    if (scenario.stage != Stage::simulator) continue;
    World world = world_with_blades();
    Script script(world);
    CHECK(script.execute("scenario " + std::string(scenario.name), kStart) == "ok\n");
    CHECK(script.execute("scenario " + std::string(scenario.name) + " 5", kStart) == "ok\n");
  }
}

TEST_CASE("a scenario is about the lowest blade or the one that is named", "[chassis]") {
  World world = world_with_blades();
  Script script(world);
  script.obey("scenario duplicate-label", kStart);
  CHECK(world.chassis.bay(4).label == "node3");
  script.obey("scenario 255-before-off 5", kStart);
  CHECK(world.chassis.bay(3).state == PowerState::on);
  CHECK(world.chassis.bay(5).state == PowerState::unknown);
}

TEST_CASE("a scenario of another program is refused with what is needed", "[chassis]") {
  World world = world_with_blades();
  Script script(world);
  CHECK_THAT(script.execute("scenario duplicated", kStart), Catch::Contains("havc-chassis-proxy"));
  CHECK_THAT(script.execute("scenario wrong-auth", kStart), Catch::Contains("--user"));
}
