// The real adapter with SNMPv3 against a simulator process: one user in this process, as in
// snmp_v1_test.cc; what differs is how the simulator knows that user.
#include "power/lookup.h"
#include "power/lockstep.h"
#include "snmp/netsnmp_session.h"
#include "support/catch.h"
#include "support/chassis_process.h"

using namespace std::chrono_literals;
using namespace havc::snmp;
using Catch::Matchers::Contains;
using havc::Deadline;
using havc::Duration;
using havc::Error;
using havc::Fault;
using havc::power::kBladeCenter;
using havc::test::ChassisProcess;

namespace {

const auto& kColumns = kBladeCenter.columns;

const std::string& credentials() {
  static const havc::test::TemporaryFolder folder;
  static const std::string file =
      folder.write("snmp.conf",
                   "defVersion 3\ndefSecurityName admin\ndefSecurityLevel authPriv\n"
                   "defAuthType SHA\ndefAuthPassphrase authpass1\n"
                   "defPrivType AES\ndefPrivPassphrase privpass1\n");
  return folder.path();
}

Deadline in(Duration time) {
  return Deadline::after(havc::system_clock(), time);
}

struct Lab {
  explicit Lab(const std::string& option = "--user",
               const std::string& user = "admin:SHA:authpass1:AES:privpass1")
      : chassis({option, user, "--latency", "200", "--bay", "3=node1"}) {}

  std::optional<Error> trouble(Duration time) {
    const auto start = havc::system_clock().now();
    auto reply = session->exchange({{Request::Kind::get, {kColumns.state / 3}}}, in(time)).at(0);
    took = havc::system_clock().now() - start;
    return reply.error;
  }

  ChassisProcess chassis;
  std::unique_ptr<Session> session =
      open_netsnmp(parse_address(chassis.peer()).value(), {credentials()});
  Duration took{};
};

TEST_CASE_METHOD(Lab, "missing objects do not spoil the others", "[snmp]") {
  const auto values = get(*session, {kColumns.bay / 99, kColumns.name / 3}, in(20s));
  CHECK(values[0] == Value(Absent()));
  CHECK(text(values[1]) == "node1");
}

TEST_CASE_METHOD(Lab, "off and on are done and read back", "[snmp]") {
  const auto bays =
      havc::power::bays_of("node1", havc::power::read(*session, kBladeCenter, in(20s)), {});
  havc::power::turn_off(*session, kBladeCenter, bays, {}, in(20s));
  CHECK_THAT(chassis.control("dump"), Contains("bay 3 exists=1 state=0 target=none accepted=1"));
  havc::power::turn_on(*session, kBladeCenter, bays, in(20s));
  CHECK_THAT(chassis.control("dump"), Contains("bay 3 exists=1 state=1 target=none accepted=2"));
}

TEST_CASE_METHOD(Lab, "a lost packet is made up for by a new session", "[snmp]") {
  SECTION("the question for the engine, after an exchange without an answer") {
    REQUIRE(chassis.control("silent on") == "ok\n");
    REQUIRE(trouble(300ms));
    REQUIRE(chassis.control("silent off") == "ok\n");
    REQUIRE(chassis.control("drop 1") == "ok\n");
  }
  SECTION("a request") {
    REQUIRE_FALSE(trouble(20s));
    REQUIRE(chassis.control("drop 1") == "ok\n");
  }
  CHECK_FALSE(trouble(20s));
  CHECK(took >= 5s);
  CHECK(took < 8s);
}

TEST_CASE_METHOD(Lab, "a dead port ends at the deadline", "[snmp]") {
  SECTION("before the engine is known") {}
  SECTION("after") {
    REQUIRE_FALSE(trouble(20s));
  }
  chassis.end();
  const auto error = trouble(1s);
  REQUIRE(error);
  CHECK(error->fault() == Fault::timed_out);
  CHECK(took >= 1s);
  CHECK(took < 1500ms);
}

TEST_CASE("what is wrong with a user is told at once", "[snmp]") {
  const auto [user, problem, remedy] = GENERATE(table<std::string, std::string, std::string>({
      {"admin:SHA:otherpass:AES:privpass1", "refuses the authentication", "defAuthPassphrase"},
      {"admin:MD5:authpass1:AES:privpass1", "refuses the authentication", "defAuthType"},
      {"other:SHA:authpass1:AES:privpass1", "refuses the user", "defSecurityName"},
      {"admin:SHA:authpass1", "refuses the security level", "defSecurityLevel"},
  }));
  CAPTURE(user);
  Lab lab("--user", user);
  const auto error = lab.trouble(20s);
  REQUIRE(error);
  CHECK(error->fault() == Fault::permission);
  CHECK_THAT(error->problem(), Contains(problem));
  CHECK_THAT(error->remedy(), Contains(remedy));
  CHECK(lab.took < 3s);
}

TEST_CASE("a wrong privacy password never looks like an answer", "[snmp]") {
  Lab lab("--user", "admin:SHA:authpass1:AES:otherpass");
  const auto error = lab.trouble(1s);
  REQUIRE(error);
  CHECK_THAT(error->remedy(), Contains("defPrivPassphrase"));
  CHECK(lab.took < 1500ms);
}

TEST_CASE("a user that may only read cannot switch, and the error says so at once", "[snmp]") {
  Lab lab("--read-only-user");
  const auto bays =
      havc::power::bays_of("node1", havc::power::read(*lab.session, kBladeCenter, in(20s)), {});
  CHECK_THROWS_WITH(havc::power::turn_off(*lab.session, kBladeCenter, bays, {}, in(20s)),
                    Contains("write access"));
  CHECK_THAT(lab.chassis.control("dump"),
             Contains("bay 3 exists=1 state=1 target=none accepted=0"));
}

}  // namespace
