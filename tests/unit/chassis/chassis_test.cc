#include "chassis/chassis.h"

#include "base/error.h"
#include "chassis/objects.h"
#include "chassis/script.h"
#include "support/catch.h"

using namespace havc::chassis;
using namespace std::chrono_literals;

namespace {

const havc::Instant kStart{1h};

Chassis chassis_with(const std::vector<std::string>& assignments, bool hooked = false) {
  Chassis chassis(3, hooked);
  for (const auto& assignment : {"exists=1", "state=on", "latency=100", "label=node1"}) {
    chassis.set(1, assignment);
  }
  for (const auto& assignment : assignments) chassis.set(1, assignment);
  return chassis;
}

PowerState state_after(Chassis& chassis, std::chrono::milliseconds wait) {
  chassis.advance(kStart + wait);
  return chassis.bay(1).state;
}

}  // namespace

TEST_CASE("off takes effect after the bay's latency", "[chassis]") {
  Chassis chassis = chassis_with({});
  CHECK(chassis.command(1, Command::off, kStart) == Answer::accepted);
  CHECK(chassis.next_event() == kStart + 100ms);
  CHECK(state_after(chassis, 99ms) == PowerState::on);
  CHECK(state_after(chassis, 100ms) == PowerState::off);
  CHECK(chassis.next_event() == std::nullopt);
}

TEST_CASE("a repeated off neither starts anew nor calls its hook twice", "[chassis]") {
  Chassis chassis = chassis_with({}, true);
  chassis.command(1, Command::off, kStart);
  chassis.command(1, Command::off, kStart + 50ms);
  CHECK(chassis.take_hook_calls().size() == 1);
  chassis.hook_ended(1, true, kStart + 60ms);
  CHECK(state_after(chassis, 100ms) == PowerState::off);
  CHECK(chassis.take_hook_calls().empty());
}

TEST_CASE("an on that follows an off waits behind it", "[chassis]") {
  Chassis chassis = chassis_with({});
  chassis.command(1, Command::off, kStart);
  chassis.command(1, Command::on, kStart + 10ms);
  CHECK(state_after(chassis, 100ms) == PowerState::off);
  CHECK(state_after(chassis, 199ms) == PowerState::off);
  CHECK(state_after(chassis, 200ms) == PowerState::on);
}

TEST_CASE("a hook must succeed before the state changes", "[chassis]") {
  Chassis chassis = chassis_with({}, true);
  chassis.command(1, Command::off, kStart);
  const auto calls = chassis.take_hook_calls();
  REQUIRE(calls.size() == 1);
  CHECK_FALSE(calls[0].on);
  CHECK(calls[0].label == "node1");
  CHECK(state_after(chassis, 10s) == PowerState::on);
  const auto [success, state] =
      GENERATE(table<bool, PowerState>({{true, PowerState::off}, {false, PowerState::on}}));
  chassis.hook_ended(1, success, kStart + 10s);
  CHECK(state_after(chassis, 20s) == state);
}

TEST_CASE("a state set by hand ends what was under way, and its hook's end means nothing",
          "[chassis]") {
  Chassis chassis = chassis_with({}, true);
  chassis.command(1, Command::off, kStart);
  REQUIRE(chassis.take_hook_calls().size() == 1);
  chassis.set(1, "state=255");
  chassis.hook_ended(1, true, kStart + 10ms);
  CHECK(state_after(chassis, 10s) == PowerState::unknown);
}

TEST_CASE("hooks of one bay never overlap", "[chassis]") {
  Chassis chassis = chassis_with({}, true);
  chassis.command(1, Command::off, kStart);
  REQUIRE(chassis.take_hook_calls().size() == 1);
  chassis.set(1, "state=on");
  chassis.command(1, Command::off, kStart + 1ms);
  CHECK(chassis.take_hook_calls().empty());
  chassis.hook_ended(1, true, kStart + 2ms);
  CHECK(chassis.take_hook_calls().size() == 1);
}

TEST_CASE("softoff does what its bay says, and nothing for a sleeping system", "[chassis]") {
  const auto [assignment, answer, after] = GENERATE(table<std::string, Answer, PowerState>({
      {"softoff=obey", Answer::accepted, PowerState::off},
      {"softoff=ignore", Answer::accepted, PowerState::on},
      {"softoff=refuse", Answer::unsupported, PowerState::on},
      {"state=standby", Answer::accepted, PowerState::standby},
      {"state=4", Answer::accepted, PowerState::hibernate},
  }));
  Chassis chassis = chassis_with({assignment});
  CHECK(chassis.command(1, Command::soft_off, kStart) == answer);
  CHECK(state_after(chassis, 1s) == after);
}

TEST_CASE("off works on a sleeping system and does nothing to one that is out of contact",
          "[chassis]") {
  const auto [assignment, after] = GENERATE(table<std::string, PowerState>({
      {"state=standby", PowerState::off},
      {"state=hibernate", PowerState::off},
      {"state=unknown", PowerState::unknown},
  }));
  Chassis chassis = chassis_with({assignment});
  CHECK(chassis.command(1, Command::off, kStart) == Answer::accepted);
  CHECK(state_after(chassis, 1s) == after);
}

TEST_CASE("refusing, empty and ignoring bays change nothing", "[chassis]") {
  const auto [assignment, answer] = GENERATE(table<std::string, Answer>({
      {"refuse=1", Answer::refused},
      {"exists=0", Answer::absent},
      {"ignore=1", Answer::accepted},
  }));
  Chassis chassis = chassis_with({assignment});
  CHECK(chassis.command(1, Command::off, kStart) == answer);
  CHECK(state_after(chassis, 1s) == PowerState::on);
}

TEST_CASE("an ignoring bay obeys once it has ignored enough", "[chassis]") {
  Chassis chassis = chassis_with({"ignore=2", "latency=0"});
  chassis.command(1, Command::off, kStart);
  chassis.command(1, Command::off, kStart);
  CHECK(chassis.bay(1).state == PowerState::on);
  chassis.command(1, Command::off, kStart);
  CHECK(chassis.bay(1).state == PowerState::off);
}

TEST_CASE("restart passes through off, and only from on", "[chassis]") {
  Chassis chassis = chassis_with({});
  chassis.command(1, Command::restart, kStart);
  CHECK(state_after(chassis, 100ms) == PowerState::off);
  CHECK(state_after(chassis, 200ms) == PowerState::on);
  chassis.set(1, "state=off");
  chassis.command(1, Command::restart, kStart + 1s);
  CHECK(chassis.next_event() == std::nullopt);
}

TEST_CASE("a bay's settings that make no sense are refused and change nothing", "[chassis]") {
  const std::string assignment = GENERATE("state=2", "state=", "exists=yes", "softoff=maybe",
                                          "latency=-1", "colour=red", "state", "");
  Chassis chassis = chassis_with({});
  CHECK_THROWS_AS(chassis.set(1, assignment), havc::Error);
  CHECK_THROWS_AS(chassis.set(4, "state=on"), havc::Error);
  CHECK(chassis.bay(1).state == PowerState::on);
}

TEST_CASE("the objects of a bay follow its state in both tables, with rows for empty bays",
          "[chassis]") {
  Chassis chassis = chassis_with({"nul=1"});
  chassis.set(1, "state=255");
  const Objects shown = objects(Module{}, chassis);
  const ObjectId base{1, 3, 6, 1, 4, 1, 2, 3, 51, 2, 22, 1};
  const auto at = [&](std::initializer_list<std::uint32_t> tail) {
    ObjectId id = base;
    id.insert(id.end(), tail);
    return shown.at(id);
  };
  CHECK(at({6, 1, 1, 4, 1}) == Value(255));
  CHECK(at({5, 1, 1, 4, 1}) == Value(255));
  CHECK(at({6, 1, 1, 6, 1}) == Value(std::string("node1\0", 6)));
  CHECK(at({6, 1, 1, 3, 3}) == Value(0));
}

TEST_CASE("only the two power columns command, with the values that the MIB defines", "[chassis]") {
  const Chassis chassis = chassis_with({});
  const ObjectId power{1, 3, 6, 1, 4, 1, 2, 3, 51, 2, 22, 1, 6, 1, 1, 7, 1};
  const auto found = control(power, chassis);
  REQUIRE(found.has_value());
  CHECK(command_of(*found, 0) == Command::off);
  CHECK(command_of(*found, 2) == Command::soft_off);
  CHECK(command_of(*found, 3) == std::nullopt);
  ObjectId state = power;
  state[15] = 4;
  CHECK_FALSE(control(state, chassis).has_value());
}

TEST_CASE("a script line is answered with ok or an error, and dump tells the state", "[chassis]") {
  Chassis chassis = chassis_with({});
  Traffic traffic;
  Script script(chassis, traffic);
  CHECK(script.execute("bay 1 state=255") == "ok\n");
  CHECK(script.execute("bay 2 label=a name with blanks") == "ok\n");
  CHECK(chassis.bay(2).label == "a name with blanks");
  CHECK(script.execute("drop 2") == "ok\n");
  CHECK(traffic.drop == 2);
  CHECK_THAT(script.execute("dump"),
             Catch::Contains("bay 1 exists=1 state=255 target=none accepted=0"));
  CHECK_THAT(script.execute(GENERATE("bay 9 state=1", "bay", "fly", "", "drop", "silent maybe")),
             Catch::StartsWith("error: "));
  CHECK_FALSE(script.quit_requested());
}
