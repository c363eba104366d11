// verify=strict and escalate=reseat.
#include "lab.h"
#include "power/pursuit.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::power;
using Catch::Matchers::Contains;
using havc::Error;
using havc::Fault;
using Codes = havc::test::PowerLab::Codes;

struct Strict : havc::test::PowerLab {
  Strict() { policy.verify = Verify::strict; }
};

TEST_CASE_METHOD(Strict, "strict: two tables and a counter that stands still are proof",
                 "[power]") {
  off();
  CHECK(codes() == Codes{0});
  CHECK(clock.elapsed() >= 4s);
  CHECK(clock.elapsed() < 8s);
}

TEST_CASE("strict: what the second table said before the bay was on again does not count",
          "[power]") {
  Bay bay;
  bay.number = 3;
  bay.exists = true;
  const OffPolicy strict{.verify = Verify::strict};
  Pursuit pursuit(kBladeCenter, bay, Goal::off, {}, strict);
  const auto at = [](int second) { return havc::Instant() + std::chrono::seconds(second); };
  const auto read = [&](Power power, int second) {
    bay.state = {power, ""};
    pursuit.saw(bay, {at(second), at(second)});
  };
  const auto read_second = [&](int second) {
    pursuit.saw(Opinion{State{Power::off, "off"}, 100}, {at(second), at(second)});
  };
  read(Power::off, 1);
  read_second(1);
  read_second(3);
  read(Power::on, 4);
  read(Power::off, 5);
  read(Power::off, 6);
  CHECK_FALSE(pursuit.confirmed(at(6)));
  read_second(7);
  CHECK_FALSE(pursuit.confirmed(at(7)));
  read_second(9);
  CHECK(pursuit.confirmed(at(9)));
}

TEST_CASE_METHOD(Strict, "strict: a second table that disagrees is a failure that says so",
                 "[power]") {
  node1.second_state = GENERATE(1, 255);
  const auto error = failure();
  CHECK(error.fault() == Fault::timed_out);
  CHECK_THAT(error.problem(), Contains("reads off; a second table says " +
                                       std::string(*node1.second_state == 1 ? "on" : "unknown")));
  CHECK_THAT(error.remedy(), Contains("verify=basic"));
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Strict, "strict: power-on seconds that advance are a failure that says so",
                 "[power]") {
  node1.counts = true;
  const auto error = failure();
  CHECK_THAT(error.problem(), Contains("time of being powered on"));
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Strict, "strict: a counter that is late to stop is waited for", "[power]") {
  node1.counts = true;
  chassis.at(20s, [&] { node1.counts = false; });
  off();
  CHECK(clock.elapsed() >= 22s);
  CHECK(clock.elapsed() < 30s);
}

TEST_CASE_METHOD(Strict, "strict: what the chassis lacks is a failure, not a lesser proof",
                 "[power]") {
  chassis.hide(GENERATE(kBladeCenter.witness.state, kBladeCenter.witness.seconds) / 7);
  const auto error = failure();
  CHECK(error.fault() == Fault::misconfigured);
  CHECK_THAT(error.remedy(), Contains("use verify=basic"));
  CHECK(clock.elapsed() < 10s);
}

TEST_CASE("strict: a kind without a second table refuses it before anything is done", "[power]") {
  Chassis kind = kBladeCenter;
  kind.witness = {};
  havc::test::PowerLab lab(kind);
  lab.policy.verify = Verify::strict;
  const auto error = lab.failure();
  CHECK(error.fault() == Fault::misconfigured);
  CHECK_THAT(error.what(), Contains("use verify=basic"));
  CHECK(lab.chassis.commands().empty());
}

TEST_CASE_METHOD(Strict, "strict: rows of other bays in the second table are no proof", "[power]") {
  chassis.set_row_object(kind.witness.state_bay / 7, std::int64_t(12));
  CHECK(failure().fault() == Fault::misconfigured);
}

/// A Flex chassis, whose blades can be pulled, so to speak.
struct Reseat : havc::test::PowerLab {
  Reseat() : PowerLab(kFlexSystem) {
    policy.escalate = Escalate::reseat;
    node1.reseat_name = "node1";
  }
};
using Rows = std::vector<std::uint32_t>;

TEST_CASE_METHOD(Reseat, "a blade that ignores off is reseated once, and then verified",
                 "[power]") {
  node1.lost_commands = 1000;
  off();
  CHECK(chassis.reseats() == Rows{7});
  CHECK(codes() == Codes{0, 0});
  CHECK(node1.state == 0);
  CHECK(clock.elapsed() < 30s);
}

TEST_CASE_METHOD(Reseat, "a slow module is asked several times before a reseat, and pulls once",
                 "[power]") {
  node1.lost_commands = 1000;
  chassis.at(9s, [&] { node1.answer_time = 5s; });
  off();
  CHECK(chassis.reseats() == Rows{7});
  CHECK(node1.state == 0);
}

TEST_CASE_METHOD(Reseat, "a blade that refuses off is reseated", "[power]") {
  node1.refusal = Error(Fault::failed, "genErr");
  off();
  CHECK(chassis.reseats() == Rows{7});
  CHECK(node1.state == 0);
}

TEST_CASE_METHOD(Reseat, "a blade that obeys is not reseated", "[power]") {
  node1.lost_commands = 1;
  off();
  CHECK(chassis.reseats().empty());
}

TEST_CASE_METHOD(Reseat, "nothing is reseated unasked", "[power]") {
  policy.escalate = Escalate::none;
  node1.lost_commands = 1000;
  CHECK(failure().fault() == Fault::timed_out);
  CHECK(chassis.reseats().empty());
}

TEST_CASE_METHOD(Reseat, "a busy blade is not reseated", "[power]") {
  node1.lost_commands = 1000;
  node1.health = GENERATE(8, 12, 13);
  CHECK(failure().fault() == Fault::timed_out);
  CHECK(chassis.reseats().empty());
}

TEST_CASE_METHOD(Reseat, "a reseat that does not help is not repeated", "[power]") {
  node1.lost_commands = 1000;
  node1.latency = 100s;
  CHECK(failure().fault() == Fault::timed_out);
  CHECK(chassis.reseats() == Rows{7});
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Reseat, "a row of reseats that names another blade is left alone", "[power]") {
  node1.lost_commands = 1000;
  node1.reseat_name = GENERATE(std::optional<std::string>("node2"), std::optional<std::string>());
  CHECK_THAT(failure().what(), Contains("does not carry its name"));
  CHECK(chassis.reseats().empty());
}

TEST_CASE("a kind that cannot reseat goes on without", "[power]") {
  havc::test::PowerLab lab(kBladeCenter);
  lab.policy.escalate = Escalate::reseat;
  lab.node1.lost_commands = 1000;
  CHECK(lab.failure().fault() == Fault::timed_out);
  CHECK(lab.codes() == Codes{0, 0, 0, 0, 0});
}

}  // namespace
