#include "power/lockstep.h"

#include "base/error.h"
#include "power/lookup.h"
#include "support/catch.h"
#include "support/fake_chassis.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::power;
using Catch::Matchers::Contains;
using havc::Error;
using havc::Fault;
using havc::test::FakeBay;
using havc::test::FakeChassis;
using havc::test::FakeClock;
using Command = FakeChassis::Command;
using Commands = std::vector<Command>;

/// node1 runs in bay 3, whose row is 7: a number of one used for the other must show.
struct Lab {
  FakeClock clock;
  FakeChassis chassis{clock};
  FakeBay& node1 = chassis.add(7, {.number = 3, .name = "node1"});
  havc::Deadline deadline = clock.in(55s);

  Lab() { chassis.add(3, {.number = 7, .name = "innocent"}); }

  std::vector<Bay> bays() { return bays_of("node1", read(chassis, kBladeCenter, deadline), {}); }
  void off(std::chrono::seconds soft_timeout = 0s) {
    turn_off(chassis, kBladeCenter, bays(), {soft_timeout}, deadline);
  }
  void on() { turn_on(chassis, kBladeCenter, bays(), deadline); }
  /// Codes of the commands given so far.
  std::vector<int> codes() const {
    std::vector<int> result;
    for (const auto& command : chassis.commands()) result.push_back(command.code);
    return result;
  }
};
using Codes = std::vector<int>;

TEST_CASE_METHOD(Lab, "in step: off commands once and returns after two reads of off", "[power]") {
  off();
  CHECK(chassis.commands() == Commands{{0s, 7, 0}});
  CHECK(node1.state == 0);
  CHECK(clock.elapsed() >= 3s);
  CHECK(clock.elapsed() < 6s);
  CHECK(chassis.row(3).state == 1);
}

TEST_CASE_METHOD(Lab, "in step: off of a blade that is off reads twice and commands nothing", "[power]") {
  node1.state = 0;
  const auto found = bays();
  const int before = chassis.packets();
  turn_off(chassis, kBladeCenter, found, {15s}, deadline);
  CHECK(chassis.commands().empty());
  CHECK(chassis.packets() == before + 2);
}

TEST_CASE_METHOD(Lab, "in step: off repeats a command that never arrived", "[power]") {
  chassis.lost_sets = 2;
  off();
  CHECK(codes() == Codes{0});
  CHECK(clock.elapsed() > 12s);  // two waits of 6 s for an answer
  CHECK(clock.elapsed() < 25s);
}

TEST_CASE_METHOD(Lab, "in step: off repeats a command that was accepted but not followed", "[power]") {
  node1.lost_commands = 2;
  off();
  CHECK(codes() == Codes{0, 0, 0});
  CHECK(clock.elapsed() > 20s);
  CHECK(clock.elapsed() < 30s);
}

TEST_CASE_METHOD(Lab, "in step: off believes the state, not the answer to its command", "[power]") {
  chassis.deaf_to_sets = true;
  off();
  CHECK(codes() == Codes{0});
}

TEST_CASE_METHOD(Lab, "in step: a blade that ignores every command is an error at the deadline", "[power]") {
  node1.lost_commands = 1000;
  CHECK_THROWS_WITH(off(), Contains("timed out after 5") &&
                               Contains("bay 3 (node1) reads on after") && Contains("by hand"));
  CHECK(clock.elapsed() >= 55s);
  CHECK(clock.elapsed() <= 56s);
}

TEST_CASE_METHOD(Lab, "in step: unknown, standby, hibernate and undefined states are never off", "[power]") {
  node1.state = GENERATE(255, 3, 4, 2, 7);
  node1.lost_commands = 1000;
  CHECK_THROWS_AS(off(15s), Error);
  CHECK(codes().front() == 0);  // hard at once: nothing there could shut down
}

TEST_CASE_METHOD(Lab, "in step: a blade without contact that then reads off is off", "[power]") {
  node1.state = 255;
  node1.lost_commands = 1000;
  chassis.at(20s, [&] { node1.state = 0; });
  off();
  CHECK(clock.elapsed() >= 20s);
}

TEST_CASE_METHOD(Lab, "in step: a blade that is off, then without contact, is not off", "[power]") {
  node1.state = 0;
  node1.lost_commands = 1000;
  const auto found = bays();
  chassis.at(1s, [&] { node1.state = 255; });
  CHECK_THROWS_WITH(turn_off(chassis, kBladeCenter, found, {}, deadline),
                    Contains("reads unknown"));
}

TEST_CASE_METHOD(Lab, "in step: a blade that switches itself on between two reads is switched off again",
                 "[power]") {
  node1.state = 0;
  chassis.at(1s, [&] { node1.state = 1; });
  off();
  CHECK(node1.state == 0);
  CHECK(codes() == Codes{0});
}

TEST_CASE_METHOD(Lab, "in step: a soft off that is obeyed needs nothing else", "[power]") {
  node1.latency = 8s;
  off(15s);
  CHECK(codes() == Codes{2});
}

TEST_CASE_METHOD(Lab, "in step: a soft off that is ignored becomes a hard one after its time", "[power]") {
  node1.soft_off = FakeBay::SoftOff::ignored;
  off(15s);
  REQUIRE(codes() == Codes{2, 0});
  CHECK(chassis.commands()[1].when >= 15s);
  CHECK(chassis.commands()[1].when <= 17s);
}

TEST_CASE_METHOD(Lab, "in step: a soft off that is refused becomes a hard one at once", "[power]") {
  node1.soft_off = FakeBay::SoftOff::refused;
  off(15s);
  REQUIRE(codes() == Codes{2, 0});
  CHECK(chassis.commands()[1].when <= 3s);
}

TEST_CASE_METHOD(Lab, "in step: a soft off that is not answered becomes a hard one", "[power]") {
  chassis.lost_sets = 1;
  off(15s);
  CHECK(codes() == Codes{0});
}

TEST_CASE_METHOD(Lab, "in step: a soft off takes at most half of the time", "[power]") {
  node1.soft_off = FakeBay::SoftOff::ignored;
  deadline = clock.in(20s);
  off(15s);
  CHECK(chassis.commands().at(1).when <= 12s);
}

TEST_CASE_METHOD(Lab, "in step: want of write access is an error at once", "[power]") {
  node1.refusal = Error(Fault::permission, "refused: noSuchName", "give write access");
  try {
    off();
    FAIL("success without power off");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::permission);
    CHECK(error.problem() == "bay 3 (node1): refused: noSuchName");
  }
  CHECK(clock.elapsed() < 2s);
}

TEST_CASE_METHOD(Lab, "in step: other refusals are tried three times", "[power]") {
  node1.refusal = Error(Fault::failed, "genErr");
  CHECK_THROWS_WITH(off(), Contains("genErr"));
  CHECK(codes() == Codes{0, 0, 0});
}

TEST_CASE_METHOD(Lab, "in step: a refusal that ends is overcome", "[power]") {
  node1.refusal = Error(Fault::failed, "genErr");
  chassis.at(1s, [&] { node1.refusal.reset(); });
  off();
  CHECK(node1.state == 0);
}

TEST_CASE_METHOD(Lab, "in step: nothing is commanded when another blade has taken the place", "[power]") {
  const auto found = bays();
  SECTION("another name") {
    node1.name = "node2";
  }
  SECTION("another bay in this row") {
    node1.number = 4;
  }
  CHECK_THROWS_WITH(turn_off(chassis, kBladeCenter, found, {}, deadline),
                    Contains("bay 3 (node1) has become bay"));
  CHECK(chassis.commands().empty());
}

TEST_CASE_METHOD(Lab, "in step: a blade that changes places between two reads of off is not off",
                 "[power]") {
  node1.state = 0;
  chassis.at(1s, [&] { node1.name = "node2"; });
  CHECK_THROWS_WITH(off(), Contains("has become"));
}

TEST_CASE_METHOD(Lab, "in step: a blade that is pulled is not proven off", "[power]") {
  chassis.at(1s, [&] { node1.exists = 0; });
  CHECK_THROWS_WITH(off(), Contains("reads as empty"));
  CHECK(clock.elapsed() >= 55s);
}

TEST_CASE_METHOD(Lab, "in step: a module that collects its inventory is waited for", "[power]") {
  const auto found = bays();
  node1.exists = 0;
  node1.name = "";
  chassis.at(20s, [&] {
    node1.exists = 1;
    node1.name = "node1";
  });
  turn_off(chassis, kBladeCenter, found, {}, deadline);
  CHECK(chassis.commands().at(0).when >= 20s);
  CHECK(node1.state == 0);
}

TEST_CASE_METHOD(Lab, "in step: a user who loses access in the middle is told at once", "[power]") {
  const auto found = bays();
  chassis.read_refusal = Error(Fault::permission, "unknown user");
  CHECK_THROWS_WITH(turn_off(chassis, kBladeCenter, found, {}, deadline), "unknown user");
  CHECK(clock.elapsed() < 2s);
}

TEST_CASE_METHOD(Lab, "in step: a module that falls silent is an error at the deadline that says so",
                 "[power]") {
  const auto found = bays();
  chassis.dead = true;
  CHECK_THROWS_WITH(turn_off(chassis, kBladeCenter, found, {}, deadline), Contains("timed out"));
  CHECK(clock.elapsed() == 55s);
}

/// A wide blade in bays 5 and 6.
struct Wide : Lab {
  FakeBay& left = chassis.add(5, {.number = 5, .name = "wide"});
  FakeBay& right = chassis.add(6, {.number = 6, .name = "wide"});
  std::vector<Bay> bays() { return bays_of("wide", read(chassis, kBladeCenter, deadline), {}); }
};

TEST_CASE_METHOD(Wide, "in step: all bays of a host are switched at once", "[power]") {
  turn_off(chassis, kBladeCenter, bays(), {}, deadline);
  CHECK(chassis.commands() == Commands{{0s, 5, 0}, {0s, 6, 0}});
  CHECK(left.state == 0);
  CHECK(right.state == 0);
}

TEST_CASE_METHOD(Wide, "in step: one bay that stays on makes the whole off fail", "[power]") {
  right.lost_commands = 1000;
  CHECK_THROWS_WITH(turn_off(chassis, kBladeCenter, bays(), {}, deadline),
                    Contains("bay 6 (wide) reads on") && !Contains("bay 5"));
}

TEST_CASE_METHOD(Wide, "in step: a bay that comes back while another is waited for is switched off again",
                 "[power]") {
  right.latency = 9s;
  chassis.at(6s, [&] { left.state = 1; });
  turn_off(chassis, kBladeCenter, bays(), {}, deadline);
  CHECK(left.state == 0);
  CHECK(right.state == 0);
}

TEST_CASE_METHOD(Lab, "in step: on is read back", "[power]") {
  node1.state = 0;
  on();
  CHECK(codes() == Codes{1});
  CHECK(node1.state == 1);
}

TEST_CASE_METHOD(Lab, "in step: on of a blade that is on commands nothing", "[power]") {
  on();
  CHECK(chassis.commands().empty());
}

TEST_CASE_METHOD(Lab, "in step: on wakes a blade that sleeps, and a state without contact is not on",
                 "[power]") {
  node1.state = GENERATE(3, 255);
  on();
  CHECK(codes() == Codes{1});
}

TEST_CASE_METHOD(Lab, "in step: reset is a hard off, then on", "[power]") {
  CHECK(reset(chassis, kBladeCenter, bays(), deadline));
  CHECK(codes() == Codes{0, 1});
  CHECK(node1.state == 1);
}

TEST_CASE_METHOD(Lab, "in step: a reset that is off but does not come on has fenced all the same, soon",
                 "[power]") {
  node1.state = 0;
  node1.refusal = Error(Fault::failed, "insufficient power");
  CHECK_FALSE(reset(chassis, kBladeCenter, bays(), deadline));
  CHECK(clock.elapsed() < 13s);
}

TEST_CASE_METHOD(Lab, "in step: a reset does not wait for a blade that is slow to come on", "[power]") {
  node1.state = 0;
  node1.latency = 30s;
  CHECK_FALSE(reset(chassis, kBladeCenter, bays(), deadline));
  CHECK(codes() == Codes{1});
  CHECK(clock.elapsed() < 13s);
}

TEST_CASE_METHOD(Lab, "in step: a reset whose off fails never commands on", "[power]") {
  node1.lost_commands = 1000;
  CHECK_THROWS_AS(reset(chassis, kBladeCenter, bays(), deadline), Error);
  for (const int code : codes()) CHECK(code == 0);
}

TEST_CASE_METHOD(Lab, "in step: each plugin knows its own chassis alone", "[power]") {
  FakeChassis flex(clock, kFlexSystem);
  CHECK_NOTHROW(check(chassis, kBladeCenter, deadline));
  CHECK_NOTHROW(check(flex, kFlexSystem, deadline));
  CHECK_THROWS_WITH(check(flex, kBladeCenter, deadline),
                    Contains("not an IBM BladeCenter") && Contains("chassis type 101"));
  CHECK_THROWS_WITH(check(chassis, kFlexSystem, deadline), Contains("not an IBM Flex System"));
}

TEST_CASE_METHOD(Lab, "in step: without chassisType the description decides", "[power]") {
  using havc::snmp::operator""_oid;
  chassis.set_object(kBladeCenter.type_object, havc::snmp::Absent());
  const auto [description, product] = GENERATE(table<std::string, const Chassis*>({
      {"IBM BladeCenter Advanced Management Module", &kBladeCenter},
      {"BLADECENTER MANAGEMENT MODULE", &kBladeCenter},
      {"IBM Flex Chassis Management Module", &kFlexSystem},
      {"Lenovo Flex Chassis Management Module", &kFlexSystem},
      {"Linux switch", nullptr},
  }));
  chassis.set_object(".1.3.6.1.2.1.1.1.0"_oid, description);
  for (const auto* kind : {&kBladeCenter, &kFlexSystem}) {
    if (kind == product) {
      CHECK(check(chassis, *kind, deadline) == description);
    } else {
      CHECK_THROWS_AS(check(chassis, *kind, deadline), Error);
    }
  }
}

}  // namespace
