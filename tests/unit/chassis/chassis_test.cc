#include "chassis/chassis.h"

#include "base/error.h"
#include "support/catch.h"

using namespace havc::chassis;
using namespace std::chrono_literals;

namespace {

const havc::Instant kStart{1h};

Chassis chassis_with(const std::vector<std::string>& assignments, bool hooked = false) {
  Chassis chassis(3, hooked);
  for (const auto& assignment : {"exists=1", "state=on", "latency=100", "label=node1"}) {
    chassis.set(1, assignment, kStart);
  }
  for (const auto& assignment : assignments) chassis.set(1, assignment, kStart);
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
  chassis.set(1, "state=255", kStart);
  chassis.hook_ended(1, true, kStart + 10ms);
  CHECK(state_after(chassis, 10s) == PowerState::unknown);
}

TEST_CASE("hooks of one bay never overlap", "[chassis]") {
  Chassis chassis = chassis_with({}, true);
  chassis.command(1, Command::off, kStart);
  REQUIRE(chassis.take_hook_calls().size() == 1);
  chassis.set(1, "state=on", kStart);
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
  chassis.set(1, "state=off", kStart);
  chassis.command(1, Command::restart, kStart + 1s);
  CHECK(chassis.next_event() == std::nullopt);
}

TEST_CASE("a bay's settings that make no sense are refused and change nothing", "[chassis]") {
  const std::string assignment = GENERATE("state=2", "state=", "exists=yes", "softoff=maybe",
                                          "latency=-1", "colour=red", "state", "");
  Chassis chassis = chassis_with({});
  CHECK_THROWS_AS(chassis.set(1, assignment, kStart), havc::Error);
  CHECK_THROWS_AS(chassis.set(4, "state=on", kStart), havc::Error);
  CHECK(chassis.bay(1).state == PowerState::on);
}

TEST_CASE("a blind bay reads unknown after an off, for as long as it was told", "[chassis]") {
  const auto [assignment, before, after] = GENERATE(table<std::string, PowerState, PowerState>({
      {"blind=1000", PowerState::unknown, PowerState::off},
      {"blind=forever", PowerState::unknown, PowerState::unknown},
  }));
  Chassis chassis = chassis_with({assignment});
  chassis.command(1, Command::off, kStart);
  CHECK(state_after(chassis, 99ms) == PowerState::on);
  CHECK(state_after(chassis, 1099ms) == before);
  CHECK(state_after(chassis, 1h) == after);
}

TEST_CASE("a bay with auto power-on goes on by itself after an off, each time", "[chassis]") {
  Chassis chassis = chassis_with({"autoon=1000"});
  for (const auto start : {0s, 10s}) {
    chassis.command(1, Command::off, kStart + start);
    CHECK(state_after(chassis, start + 100ms) == PowerState::off);
    CHECK(chassis.next_event() == kStart + start + 1100ms);
    CHECK(state_after(chassis, start + 1099ms) == PowerState::off);
    CHECK(state_after(chassis, start + 1100ms) == PowerState::on);
  }
  CHECK(chassis.boots(1) == 3);
}

TEST_CASE("an off while the auto power-on is pending does not hinder it", "[chassis]") {
  Chassis chassis = chassis_with({"autoon=1000"});
  chassis.command(1, Command::off, kStart);
  CHECK(state_after(chassis, 200ms) == PowerState::off);
  chassis.command(1, Command::off, kStart + 200ms);
  CHECK(state_after(chassis, 2s) == PowerState::on);
}

TEST_CASE("a soft off may put to sleep or restart", "[chassis]") {
  const auto [assignment, first, second] = GENERATE(table<std::string, PowerState, PowerState>({
      {"softoff=standby", PowerState::standby, PowerState::standby},
      {"softoff=hibernate", PowerState::hibernate, PowerState::hibernate},
      {"softoff=restart", PowerState::off, PowerState::on},
  }));
  Chassis chassis = chassis_with({assignment});
  chassis.command(1, Command::soft_off, kStart);
  chassis.command(1, Command::soft_off, kStart + 10ms);  // repeated, as when an answer was lost
  CHECK(state_after(chassis, 100ms) == first);
  CHECK(state_after(chassis, 200ms) == second);
  CHECK(chassis.next_event() == std::nullopt);
}

TEST_CASE("a reseat switches off what has lost contact or ignores commands", "[chassis]") {
  const std::string assignment = GENERATE("state=255", "ignore=1000", "autoon=0");
  Chassis chassis = chassis_with({assignment});
  CHECK(chassis.command(1, Command::reseat, kStart) == Answer::accepted);
  CHECK(chassis.bay(1).state == PowerState::unknown);
  CHECK_FALSE(chassis.auxiliary_power(1));
  CHECK(state_after(chassis, 10s) == PowerState::off);
  CHECK(chassis.auxiliary_power(1));
  chassis.command(1, Command::on, kStart + 10s);
  CHECK(state_after(chassis, 20s) == PowerState::on);
}

TEST_CASE("a reseat is refused in maintenance mode, and may be ignored", "[chassis]") {
  const auto [assignment, answer] = GENERATE(table<std::string, Answer>({
      {"health=12", Answer::maintenance},
      {"reseat=refuse", Answer::unsupported},
      {"reseat=ignore", Answer::accepted},
  }));
  Chassis chassis = chassis_with({assignment});
  CHECK(chassis.command(1, Command::reseat, kStart) == answer);
  CHECK(state_after(chassis, 10s) == PowerState::on);
}

TEST_CASE("power-on seconds count while the blade is on, unless they lie", "[chassis]") {
  const auto [assignment, counted] = GENERATE(table<std::string, std::chrono::seconds>({
      {"seconds=follow", 10s},
      {"seconds=run", 40s},
      {"seconds=stand", 0s},
  }));
  Chassis chassis = chassis_with({assignment});
  const auto before = chassis.seconds(1).at(kStart);
  chassis.command(1, Command::off, kStart + 9900ms);
  CHECK(state_after(chassis, 10s) == PowerState::off);
  CHECK(chassis.seconds(1).at(kStart + 40s) - before == counted);
}

TEST_CASE("boots are counted, and reset as the seconds are", "[chassis]") {
  Chassis chassis = chassis_with({});
  CHECK(chassis.boots(1) == 1);
  chassis.command(1, Command::restart, kStart);
  CHECK(state_after(chassis, 100ms) == PowerState::off);
  CHECK(state_after(chassis, 1s) == PowerState::on);
  CHECK(chassis.boots(1) == 2);
  chassis.reset_boots(1);
  chassis.reset_seconds(1, kStart + 1s);
  CHECK(chassis.boots(1) == 0);
  CHECK(chassis.seconds(1).at(kStart + 3s) == 2s);
}

TEST_CASE("bays that change places take their blades' state along", "[chassis]") {
  Chassis chassis = chassis_with({});
  chassis.set(2, "exists=1", kStart);
  chassis.set(2, "label=node2", kStart);
  chassis.command(1, Command::off, kStart);
  chassis.swap(1, 2);
  CHECK(chassis.bay(2).label == "node1");
  CHECK(chassis.bay(2).state == PowerState::on);
  CHECK(chassis.next_event() == std::nullopt);
}

TEST_CASE("a reset brings back the start", "[chassis]") {
  Chassis chassis = chassis_with({});
  const Chassis start = chassis;
  const unsigned version = chassis.version();
  chassis.command(1, Command::off, kStart);
  chassis.set(1, "label=other", kStart);
  chassis.partition({{1, 2}});
  chassis.reset(start);
  CHECK(chassis.bay(1).label == "node1");
  CHECK(chassis.partitions().empty());
  CHECK(chassis.next_event() == std::nullopt);
  CHECK(chassis.version() > version);
}

TEST_CASE("the bays of a partition are switched as its power says", "[chassis]") {
  const auto [power, bay, first, second] =
      GENERATE(table<PartitionPower, int, PowerState, PowerState>({
          {PartitionPower::together, 2, PowerState::off, PowerState::off},
          {PartitionPower::primary, 1, PowerState::off, PowerState::off},
          {PartitionPower::primary, 2, PowerState::on, PowerState::on},
          {PartitionPower::each, 1, PowerState::off, PowerState::on},
      }));
  Chassis chassis = chassis_with({});
  for (const char* assignment : {"exists=1", "state=on"}) chassis.set(2, assignment, kStart);
  chassis.partition({{1, 2}, power});
  CHECK(chassis.command(bay, Command::off, kStart) == Answer::accepted);
  CHECK(state_after(chassis, 10s) == first);
  CHECK(chassis.bay(2).state == second);
}

TEST_CASE("a partition replaces those that it shares bays with", "[chassis]") {
  Chassis chassis = chassis_with({});
  chassis.partition({{1, 2}});
  chassis.partition({{2, 3}});
  CHECK(chassis.partitions().size() == 1);
  CHECK(chassis.partition_of(1) == nullptr);
  chassis.partition({{3}});
  CHECK(chassis.partition_of(3) == nullptr);
  CHECK_THROWS_AS(chassis.partition({{3, 4}}), havc::Error);
}
