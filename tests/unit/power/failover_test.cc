// Off and on while modules of the chassis fail, and over several chassis.
#include "lab.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::power;
using Catch::Matchers::Contains;
using havc::Error;
using havc::Fault;
using havc::test::FakeBay;
using havc::test::FakeChassis;
using havc::test::FakeModule;
using Codes = havc::test::PowerLab::Codes;

/// "a" is in charge, "b" its standby.
struct Lab : havc::test::PowerLab {
  FakeModule& other = client.add("b", chassis);

  Lab() {
    set_modules({"a", "b"}, 1);
    other.standby = true;
    connect({"a", "b"});
  }
  void take_over() {
    set_modules({"a", "b"}, 2);
    other.standby = false;
  }
};

TEST_CASE_METHOD(Lab, "a standby that takes over before the command is given it", "[power]") {
  const auto plan = find("node1");
  module.dead = true;
  chassis.at(8s, [&] { take_over(); });
  off(plan);
  CHECK(codes() == Codes{0});
  CHECK(links[0].name() == "b");
  CHECK(clock.elapsed() < 20s);
}

TEST_CASE_METHOD(Lab, "a standby that takes over after the command verifies it", "[power]") {
  node1.latency = 4s;
  chassis.at(1s, [&] { module.dead = true; });
  chassis.at(8s, [&] { take_over(); });
  off();
  CHECK(codes() == Codes{0});
  CHECK(node1.state == 0);
  CHECK(clock.elapsed() < 20s);
}

TEST_CASE_METHOD(Lab, "the word of a standby that never takes over is no proof of off", "[power]") {
  chassis.at(1s, [&] { module.dead = true; });
  const auto error = failure();
  CHECK(error.fault() == Fault::timed_out);
  CHECK_THAT(error.problem(), Contains("is the standby module"));
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Lab, "a standby that takes over late is believed from then on", "[power]") {
  chassis.at(1s, [&] { module.dead = true; });
  chassis.at(40s, [&] { take_over(); });
  off();
  CHECK(node1.state == 0);
  CHECK(clock.elapsed() > 40s);
}

TEST_CASE_METHOD(Lab, "a standby that refuses is not the end of it: it may take over", "[power]") {
  const auto plan = find("node1");
  module.dead = true;
  chassis.at(35s, [&] { take_over(); });
  off(plan);
  CHECK(node1.state == 0);
  CHECK(given(0) >= 35s);
}

TEST_CASE_METHOD(Lab, "a standby alone ends at the deadline", "[power]") {
  const auto plan = find("node1");
  module.dead = true;
  const auto error = failure(plan);
  CHECK(error.fault() == Fault::timed_out);
  CHECK_THAT(error.problem(), Contains("refused: noSuchName"));
  CHECK_THAT(error.problem(), Contains("'b' is the standby module"));
  CHECK(clock.elapsed() == 55s);
}

/// One address alone, which is the standby's.
struct Alone : havc::test::PowerLab {
  Alone() {
    set_modules({"b", "a"}, 1);
    module.standby = true;
  }
};

TEST_CASE_METHOD(Alone, "the only address is a standby's: it may take over", "[power]") {
  chassis.at(20s, [&] {
    set_modules({"b", "a"}, 2);
    module.standby = false;
  });
  off();
  CHECK(node1.state == 0);
  CHECK(given(0) >= 20s);
}

TEST_CASE_METHOD(Alone, "the only address is a standby's: access is not what is missing",
                 "[power]") {
  const auto error = failure();
  CHECK(error.fault() == Fault::timed_out);
  CHECK_THAT(error.problem(), Contains("'a' is the standby module"));
  CHECK_THAT(error.remedy(), Contains("the module in charge"));
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Lab, "a module that gives up being in charge sends us to the other", "[power]") {
  const auto plan = find("node1");
  module.standby = true;
  take_over();
  off(plan);
  CHECK(node1.state == 0);
  CHECK(links[0].name() == "b");
  CHECK(clock.elapsed() < 8s);
}

TEST_CASE_METHOD(Lab, "a user who may only read is told at once by the module in charge",
                 "[power]") {
  const auto refusal = Error(Fault::permission, "refused: noSuchName", "give write access");
  module.command_refusal = other.command_refusal = refusal;
  const auto error = failure();
  CHECK(error.fault() == Fault::permission);
  CHECK(error.problem() == "bay 3 (node1): refused: noSuchName");
  CHECK(error.remedy() == "give write access");
  CHECK(clock.elapsed() < 3s);
}

TEST_CASE_METHOD(Lab, "a user who may only read does not learn it after a soft phase", "[power]") {
  module.command_refusal = other.command_refusal = Error(Fault::permission, "refused");
  policy.soft_timeout = 15s;
  CHECK(failure().fault() == Fault::permission);
  CHECK(clock.elapsed() < 5s);
}

TEST_CASE_METHOD(Lab, "a refusal stands once nobody else answers, who might not refuse",
                 "[power]") {
  const auto plan = find("node1");
  module.command_refusal = Error(Fault::permission, "refused: noSuchName");
  other.dead = true;
  CHECK(failure(plan).fault() == Fault::permission);
  CHECK(clock.elapsed() < 10s);
}

TEST_CASE_METHOD(Lab, "a slow module in charge is not left for its fast standby", "[power]") {
  const auto plan = find("node1");
  module.latency = 12s;
  off(plan);
  CHECK(links[0].name() == "a");
  CHECK(codes() == Codes{0});
}

TEST_CASE_METHOD(Lab, "a module that is replaced by another engine is waited for", "[power]") {
  chassis.at(1s, [&] { module.dead = true; });
  chassis.at(9s, [&] { module.dead = false; });
  off();
  CHECK(links[0].name() == "a");
  CHECK(node1.state == 0);
}

TEST_CASE_METHOD(Lab, "on is not given a second time through another module", "[power]") {
  node1.state = 0;
  node1.lost_commands = 1;
  chassis.at(1s, [&] { module.dead = true; });
  chassis.at(4s, [&] { take_over(); });
  CHECK_THROWS_WITH(on(), Contains("reads off after 1 command"));
  CHECK(codes() == Codes{1});
  CHECK(links[0].name() == "b");
}

TEST_CASE_METHOD(Lab, "off is given again through another module", "[power]") {
  node1.lost_commands = 1;
  chassis.at(1s, [&] { module.dead = true; });
  chassis.at(4s, [&] { take_over(); });
  off();
  CHECK(codes() == Codes{0, 0});
}

TEST_CASE_METHOD(Lab, "readings through two modules do not confirm each other", "[power]") {
  node1.state = 0;
  const auto plan = find("node1");
  // One reading of off; then the other module, for which the blade is on.
  chassis.at(1s, [&] {
    module.dead = true;
    node1.state = 1;
    take_over();
  });
  off(plan);
  CHECK(codes() == Codes{0});
}

/// node1 in a chassis of its own, each with one module.
struct Two : havc::test::PowerLab {
  FakeChassis second{clock};
  FakeModule& far = client.add("c", second);
  FakeBay& twin = second.add(4, {.number = 4, .name = "node1"});

  Two() {
    connect({"a"});
    connect({"c"});
  }
};

TEST_CASE_METHOD(Two, "bays of two chassis are switched off together", "[power]") {
  off();
  CHECK(node1.state == 0);
  CHECK(twin.state == 0);
  CHECK(clock.elapsed() < 6s);
}

TEST_CASE_METHOD(Two, "a silent chassis does not hold up the other, and is not off", "[power]") {
  const auto plan = find("node1");
  far.dead = true;
  CHECK_THAT(failure(plan).problem(), Contains("bay 4 (node1): timed out") && !Contains("bay 3"));
  CHECK(given(0) < 1s);
  CHECK(node1.state == 0);
  CHECK(clock.elapsed() == 55s);
}

}  // namespace
