// Off, on and reset through one module. Failing over is in failover_test.cc, strict verification
// and reseats in proof_test.cc.
#include "power/power.h"

#include "lab.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::power;
using Catch::Matchers::Contains;
using havc::Error;
using havc::Fault;
using havc::test::FakeBay;
using Codes = havc::test::PowerLab::Codes;
using Commands = havc::test::PowerLab::Commands;

struct Lab : havc::test::PowerLab {};

TEST_CASE_METHOD(Lab, "off commands once and returns after two reads of off", "[power]") {
  off();
  CHECK(chassis.commands() == Commands{{0s, 7, 0}});
  CHECK(node1.state == 0);
  CHECK(clock.elapsed() >= 3s);
  CHECK(clock.elapsed() < 6s);
  CHECK(chassis.row(3).state == 1);
}

TEST_CASE_METHOD(Lab, "nothing is on its way once an action is over", "[power]") {
  chassis.at(5s, [&] { node1.name = "node2"; });
  node1.latency = GENERATE(2s, 20s);
  try {
    off();
  } catch (const Error&) {  // another blade is there
  }
  CHECK(client.on_its_way() == 0);
}

TEST_CASE_METHOD(Lab, "off of a blade that is off reads twice and commands nothing", "[power]") {
  node1.state = 0;
  const auto plan = find("node1");
  const int before = chassis.packets();
  policy.soft_timeout = 15s;
  const auto start = clock.elapsed();
  off(plan);
  CHECK(chassis.commands().empty());
  CHECK(chassis.packets() == before + 2);
  CHECK(clock.elapsed() - start >= 1s);
}

TEST_CASE_METHOD(Lab, "off repeats a command that never arrived", "[power]") {
  module.lost_sets = 2;
  off();
  CHECK(codes() == Codes{0});
  CHECK(given(0) == 4s);  // packets go every 2 s
}

TEST_CASE_METHOD(Lab, "a command that is not answered for long is given anew, after a look",
                 "[power]") {
  module.lost_sets = 4;
  off();
  CHECK(codes() == Codes{0});
  CHECK(given(0) >= 6s);
  CHECK(given(0) < 12s);
}

TEST_CASE_METHOD(Lab, "off repeats a command that was accepted but not followed", "[power]") {
  node1.lost_commands = 2;
  off();
  CHECK(codes() == Codes{0, 0, 0});
  CHECK(clock.elapsed() > 20s);
  CHECK(clock.elapsed() < 30s);
}

TEST_CASE_METHOD(Lab, "off believes the state, not the answer to its command", "[power]") {
  module.deaf_to_sets = true;
  off();
  CHECK(codes() == Codes{0});
  CHECK(clock.elapsed() < 6s);  // nor does it wait for that
}

TEST_CASE_METHOD(Lab, "a blade that ignores every command is an error at the deadline", "[power]") {
  node1.lost_commands = 1000;
  const auto error = failure();
  CHECK(error.fault() == Fault::timed_out);
  CHECK_THAT(error.problem(),
             Contains("timed out after 5") && Contains("bay 3 (node1) reads on after"));
  CHECK_THAT(error.remedy(), Contains("by hand"));
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Lab, "unknown, standby, hibernate and undefined states are never off", "[power]") {
  node1.state = GENERATE(255, 3, 4, 2, 7);
  node1.lost_commands = 1000;
  policy.soft_timeout = 15s;
  CHECK(failure().fault() == Fault::timed_out);
  CHECK(codes().front() == 0);  // hard at once: nothing there could shut down
  CHECK(given(0) < 2s);
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Lab, "a state of the wrong type is never off", "[power]") {
  node1.odd_state = std::string("0");
  node1.lost_commands = 1000;
  const auto error = failure();
  CHECK_THAT(error.problem(), Contains("reads no state"));
  CHECK_THAT(error.remedy(),
             Contains("restart the management module"));  // it has not lost the blade
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Lab, "a blade that powers on again by itself is told as such", "[power]") {
  for (auto time = 1s; time < 55s; time += 1s) {
    chassis.at(time, [&] {
      if (node1.state == 0) node1.state = 1;
    });
  }
  node1.latency = 1s;
  const auto error = failure();
  CHECK_THAT(error.problem(), Contains("bay 3 (node1) reads o") &&
                                  Contains("has powered on again ") && Contains(" times after"));
  CHECK_THAT(error.remedy(), Contains("auto power-on"));
}

TEST_CASE_METHOD(Lab, "a blade that sleeps is cut off", "[power]") {
  node1.state = GENERATE(3, 4);
  policy.soft_timeout = 15s;
  off();
  CHECK(codes() == Codes{0});
  CHECK(node1.state == 0);
}

TEST_CASE_METHOD(Lab, "a blade that falls asleep when it should shut down is cut off", "[power]") {
  policy.soft_timeout = 15s;
  chassis.at(1s, [&] { node1.state = 3; });
  node1.soft_off = FakeBay::SoftOff::ignored;
  off();
  CHECK(codes() == Codes{2, 0});
  CHECK(given(1) < 4s);
}

TEST_CASE_METHOD(Lab, "a blade without contact that then reads off is off", "[power]") {
  node1.state = 255;
  node1.lost_commands = 1000;
  chassis.at(20s, [&] { node1.state = 0; });
  off();
  CHECK(clock.elapsed() >= 21s);
}

TEST_CASE_METHOD(Lab, "a blade that loses contact after its command is waited for", "[power]") {
  node1.latency = 100s;
  chassis.at(2s, [&] { node1.state = 255; });
  chassis.at(9s, [&] { node1.state = 0; });
  off();
  CHECK(clock.elapsed() >= 10s);
  CHECK(clock.elapsed() < 13s);
}

TEST_CASE_METHOD(Lab, "a blade that is off, then without contact, is not off", "[power]") {
  node1.state = 0;
  node1.lost_commands = 1000;
  const auto plan = find("node1");
  chassis.at(1s, [&] { node1.state = 255; });
  CHECK_THAT(failure(plan).problem(), Contains("reads unknown"));
}

TEST_CASE_METHOD(Lab, "a blade that switches itself on between two reads is switched off again",
                 "[power]") {
  node1.state = 0;
  chassis.at(1s, [&] { node1.state = 1; });
  off();
  CHECK(node1.state == 0);
  CHECK(codes() == Codes{0});
}

TEST_CASE_METHOD(Lab, "a blade that keeps switching itself on is never off", "[power]") {
  for (auto time = 2s; time < 60s; time += 1s) chassis.at(time, [&] { node1.state = 1; });
  CHECK_THAT(failure().problem(), Contains("bay 3 (node1) reads o"));
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Lab, "a soft off that is obeyed needs nothing else", "[power]") {
  node1.latency = 8s;
  policy.soft_timeout = 15s;
  off();
  CHECK(codes() == Codes{2});
}

TEST_CASE_METHOD(Lab, "a soft off that is ignored becomes a hard one after its time", "[power]") {
  node1.soft_off = FakeBay::SoftOff::ignored;
  policy.soft_timeout = 15s;
  off();
  REQUIRE(codes() == Codes{2, 0});
  CHECK(given(1) >= 15s);
  CHECK(given(1) <= 17s);
}

TEST_CASE_METHOD(Lab, "a soft off that is refused becomes a hard one at once", "[power]") {
  node1.soft_off = FakeBay::SoftOff::refused;
  policy.soft_timeout = 15s;
  off();
  REQUIRE(codes() == Codes{2, 0});
  CHECK(given(1) <= 3s);
}

TEST_CASE_METHOD(Lab, "a soft off that is not answered becomes a hard one", "[power]") {
  module.lost_sets = 4;
  policy.soft_timeout = 15s;
  off();
  CHECK(codes() == Codes{0});
  CHECK(given(0) <= 17s);
}

TEST_CASE_METHOD(Lab, "a soft off takes at most half of the time", "[power]") {
  node1.soft_off = FakeBay::SoftOff::ignored;
  deadline = clock.in(20s);
  policy.soft_timeout = 15s;
  off();
  CHECK(given(1) <= 12s);
}

TEST_CASE_METHOD(Lab, "blades that are one system are cut off at once", "[power]") {
  auto plan = find("node1");
  plan.scaled = true;
  policy.soft_timeout = 15s;
  off(plan);
  CHECK(codes() == Codes{0});
}

TEST_CASE_METHOD(Lab, "want of write access is an error at once", "[power]") {
  node1.refusal = Error(Fault::permission, "refused: noSuchName", "give write access");
  const auto error = failure();
  CHECK(error.fault() == Fault::permission);
  CHECK(error.problem() == "bay 3 (node1): refused: noSuchName");
  CHECK(clock.elapsed() < 2s);
}

TEST_CASE_METHOD(Lab, "other refusals are tried three times", "[power]") {
  node1.refusal = Error(Fault::failed, "genErr");
  CHECK_THAT(failure().problem(), Contains("genErr"));
  CHECK(codes() == Codes{0, 0, 0});
}

TEST_CASE_METHOD(Lab, "a refusal that ends is overcome", "[power]") {
  node1.refusal = Error(Fault::failed, "genErr");
  chassis.at(1s, [&] { node1.refusal.reset(); });
  off();
  CHECK(node1.state == 0);
}

TEST_CASE_METHOD(Lab, "nothing is commanded when another blade has taken the place", "[power]") {
  const auto plan = find("node1");
  SECTION("another name") {
    node1.name = "node2";
  }
  SECTION("another bay in this row") {
    node1.number = 4;
  }
  const auto error = failure(plan);
  CHECK(error.fault() == Fault::misconfigured);
  CHECK_THAT(error.problem(), Contains("bay 3 (node1) has become bay"));
  CHECK(chassis.commands().empty());
}

TEST_CASE_METHOD(Lab, "another blade of the same name is known by its UUID", "[power]") {
  node1.uuid = "00112233 44556677 8899AABB CCDDEEFF";
  auto plan = find("node1");
  plan.targets[0].bay.uuid = uuid_of(node1.uuid);
  SECTION("the same one") {
    off(plan);
    CHECK(node1.state == 0);
  }
  SECTION("another one") {
    node1.uuid = "FF112233 44556677 8899AABB CCDDEEFF";
    CHECK_THAT(failure(plan).problem(), Contains("has become another blade"));
    CHECK(chassis.commands().empty());
  }
  SECTION("one whose UUID is not there yet, as after a failover") {
    node1.uuid = "";
    off(plan);
    CHECK(node1.state == 0);
  }
}

TEST_CASE_METHOD(Lab, "a blade that changes places between two reads of off is not off",
                 "[power]") {
  node1.state = 0;
  chassis.at(1s, [&] { node1.name = "node2"; });
  CHECK_THAT(failure().problem(), Contains("has become"));
}

TEST_CASE_METHOD(Lab, "a blade that changes places while it is repeated is left alone", "[power]") {
  node1.lost_commands = 1000;
  chassis.at(5s, [&] { node1.name = "node2"; });
  CHECK_THAT(failure().problem(), Contains("has become"));
  CHECK(codes() == Codes{0});
}

TEST_CASE_METHOD(Lab, "a blade that is pulled is not proven off", "[power]") {
  chassis.at(1s, [&] { node1.exists = 0; });
  CHECK_THAT(failure().problem(), Contains("reads as empty"));
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Lab, "a blade that is pulled counts as off for those who say so", "[power]") {
  policy.missing_as_off = true;
  chassis.at(1s, [&] { node1.exists = 0; });
  off();
  CHECK(clock.elapsed() >= 2s);
  CHECK(clock.elapsed() < 5s);
}

TEST_CASE_METHOD(Lab, "a bay of which nothing is said is not an empty one", "[power]") {
  policy.missing_as_off = true;
  node1.lost_commands = 1000;
  chassis.at(1s, [&] { node1.exists = 255; });
  CHECK_THAT(failure().problem(), Contains("reads as empty"));
}

TEST_CASE_METHOD(Lab, "a bay that was found empty is not off once a blade is in it", "[power]") {
  policy.missing_as_off = true;
  auto plan = find("node1");
  plan.targets[0].bay.empty = true;
  plan.targets[0].bay.exists = false;
  CHECK_THAT(failure(plan).problem(), Contains("has become"));
  CHECK(chassis.commands().empty());
}

TEST_CASE_METHOD(Lab, "a module that collects its inventory is waited for", "[power]") {
  const auto plan = find("node1");
  node1.exists = 0;
  node1.name = "";
  chassis.at(20s, [&] {
    node1.exists = 1;
    node1.name = "node1";
  });
  off(plan);
  CHECK(given(0) >= 20s);
  CHECK(node1.state == 0);
}

TEST_CASE_METHOD(Lab, "a user who loses access in the middle is told at once", "[power]") {
  const auto plan = find("node1");
  module.read_refusal = Error(Fault::permission, "unknown user");
  CHECK(failure(plan).problem() == "bay 3 (node1): unknown user");
  CHECK(clock.elapsed() < 2s);
}

TEST_CASE_METHOD(Lab, "a module that falls silent is an error at the deadline that says so",
                 "[power]") {
  const auto plan = find("node1");
  module.dead = true;
  const auto error = failure(plan);
  CHECK(error.fault() == Fault::timed_out);
  CHECK_THAT(error.problem(), Contains("no answer from 'a'"));
  CHECK(error.remedy() == "check that it is up");
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Lab, "a module that is silent for a while is waited for", "[power]") {
  chassis.at(1s, [&] { module.dead = true; });
  chassis.at(40s, [&] { module.dead = false; });
  off();
  CHECK(node1.state == 0);
}

TEST_CASE_METHOD(Lab, "lost packets are repeated", "[power]") {
  const auto plan = find("node1");
  module.lost_packets = 2;
  off(plan);
  CHECK(clock.elapsed() < 12s);
}

TEST_CASE_METHOD(Lab, "a module that needs 12 s for each answer is in time", "[power]") {
  const auto plan = find("node1");
  const auto start = clock.elapsed();
  module.latency = 12s;
  off(plan);
  CHECK(clock.elapsed() - start < 31s);  // two latencies, and the readings after the command
}

TEST_CASE_METHOD(Lab, "a module that needs 15 s for each answer leaves 20 s of 55 s for its lookup",
                 "[power]") {
  const auto plan = find("node1");
  const auto start = clock.elapsed();
  module.latency = 15s;
  off(plan);
  CHECK(clock.elapsed() - start <= 35s);
}

TEST_CASE_METHOD(Lab, "a module that needs 20 s for each answer takes nearly all of 55 s",
                 "[power]") {
  const auto plan = find("node1");
  module.latency = 20s;
  off(plan);
  CHECK(clock.elapsed() < 55s);
}

TEST_CASE_METHOD(Lab, "two answers that come together are one reading", "[power]") {
  node1.latency = 100s;
  auto plan = find("node1");
  module.latency = 8s;
  // The module hangs with several questions, and answers them all at once.
  chassis.at(20s, [&] {
    node1.state = 0;
    module.latency = 100ms;
  });
  chassis.at(21s, [&] { node1.state = 1; });
  deadline = clock.in(25s);
  node1.lost_commands = 1000;
  CHECK(failure(plan).fault() == Fault::timed_out);
}

TEST_CASE_METHOD(Lab, "a busy blade is switched off all the same", "[power]") {
  node1.health = GENERATE(8, 12, 13);
  off();
  CHECK(node1.state == 0);
}

/// A wide blade in bays 5 and 6.
struct Wide : Lab {
  FakeBay& left = chassis.add(5, {.number = 5, .name = "wide"});
  FakeBay& right = chassis.add(6, {.number = 6, .name = "wide"});
};

TEST_CASE_METHOD(Wide, "all bays of a host are switched at once", "[power]") {
  off(find("wide"));
  CHECK(chassis.commands() == Commands{{0s, 5, 0}, {0s, 6, 0}});
  CHECK(left.state == 0);
  CHECK(right.state == 0);
}

TEST_CASE_METHOD(Wide, "one bay that stays on makes the whole off fail", "[power]") {
  right.lost_commands = 1000;
  CHECK_THAT(failure(find("wide")).problem(),
             Contains("bay 6 (wide) reads on") && !Contains("bay 5"));
}

TEST_CASE_METHOD(Wide, "a bay that comes back while another is waited for is switched off again",
                 "[power]") {
  right.latency = 9s;
  chassis.at(6s, [&] { left.state = 1; });
  off(find("wide"));
  CHECK(left.state == 0);
  CHECK(right.state == 0);
}

TEST_CASE_METHOD(Wide, "a silent row does not keep its neighbour from being switched off",
                 "[power]") {
  const auto plan = find("wide");
  right.silent = true;
  CHECK_THAT(failure(plan).problem(), Contains("bay 6 (wide): timed out") && !Contains("bay 5"));
  CHECK(left.state == 0);
  CHECK(given(0) < 1s);
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Wide, "a slow row does not delay its neighbour", "[power]") {
  const auto plan = find("wide");
  right.answer_time = 8s;
  off(plan);
  REQUIRE(chassis.commands().size() == 2);
  CHECK(chassis.commands()[0].index == 5);
  CHECK(given(0) < 1s);
  CHECK(clock.elapsed() < 25s);
}

TEST_CASE_METHOD(Wide, "a bay whose row falls silent after it was off is not off", "[power]") {
  const auto plan = find("wide");
  right.latency = 30s;
  chassis.at(6s, [&] { left.silent = true; });
  CHECK_THAT(failure(plan).problem(), Contains("bay 5 (wide): timed out"));
}

TEST_CASE_METHOD(Lab, "on is read back", "[power]") {
  node1.state = 0;
  on();
  CHECK(codes() == Codes{1});
  CHECK(node1.state == 1);
}

TEST_CASE_METHOD(Lab, "on of a blade that is on commands nothing", "[power]") {
  on();
  CHECK(chassis.commands().empty());
}

TEST_CASE_METHOD(Lab, "on wakes a blade that sleeps, and a state without contact is not on",
                 "[power]") {
  node1.state = GENERATE(3, 255);
  on();
  CHECK(codes() == Codes{1});
}

TEST_CASE_METHOD(Lab, "reset is a hard off, then on", "[power]") {
  policy.soft_timeout = 15s;
  CHECK(reset());
  CHECK(codes() == Codes{0, 1});
  CHECK(node1.state == 1);
}

TEST_CASE_METHOD(Lab, "a reset that is off but does not come on has fenced all the same, soon",
                 "[power]") {
  node1.state = 0;
  node1.refusal = Error(Fault::failed, "insufficient power");
  CHECK_FALSE(reset());
  CHECK(clock.elapsed() < 13s);
}

TEST_CASE_METHOD(Lab, "a reset does not wait for a blade that is slow to come on", "[power]") {
  node1.state = 0;
  node1.latency = 30s;
  CHECK_FALSE(reset());
  CHECK(codes() == Codes{1});
  CHECK(clock.elapsed() < 13s);
}

TEST_CASE_METHOD(Lab, "a reset whose off fails never commands on", "[power]") {
  node1.lost_commands = 1000;
  CHECK_THROWS_AS(reset(), Error);
  for (const int code : codes()) CHECK(code == 0);
}

}  // namespace
