// The real adapter with SNMPv1 against a simulator process. net-snmp reads its configuration once a
// process, so this one is "secret" throughout; what differs is whom the simulator admits.
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
  static const std::string file = folder.write("snmp.conf", "defVersion 1\ndefCommunity secret\n");
  return folder.path();
}

Deadline in(Duration time) {
  return Deadline::after(havc::system_clock(), time);
}

struct Simulated {
  explicit Simulated(std::vector<std::string> arguments) : chassis(std::move(arguments)) {}

  std::unique_ptr<Session> session() {
    return open_netsnmp(parse_address(chassis.peer()).value(), {credentials()});
  }
  /// The error of reading a state within `time`, and how long that took.
  std::optional<Error> trouble(Session& session, Duration time) {
    const auto start = havc::system_clock().now();
    auto reply = session.exchange({{Request::Kind::get, {kColumns.state / 3}}}, in(time)).at(0);
    took = havc::system_clock().now() - start;
    return reply.error;
  }

  ChassisProcess chassis;
  Duration took{};
};

struct Lab : Simulated {
  Lab() : Simulated({"--community", "secret", "--latency", "200", "--bay", "3=node1,nul=1"}) {}
};

TEST_CASE_METHOD(Lab, "numbers, texts and missing objects arrive in their places", "[snmp]") {
  const auto values = get(*session(),
                          {kColumns.bay / 99, kColumns.bay / 3, kColumns.name / 3,
                           kColumns.name / 77, kColumns.state / 3},
                          in(20s));
  REQUIRE(values.size() == 5);
  CHECK(values[0] == Value(Absent()));
  CHECK(values[1] == Value(std::int64_t(3)));
  CHECK(text(values[2]) == "node1");
  CHECK(values[3] == Value(Absent()));
  CHECK(values[4] == Value(std::int64_t(1)));
}

TEST_CASE_METHOD(Lab, "objects that are all missing are no error", "[snmp]") {
  CHECK(get(*session(), {kColumns.bay / 99, kColumns.bay / 98}, in(20s)) ==
        std::vector<Value>{Absent(), Absent()});
}

TEST_CASE_METHOD(Lab, "14 bays and the check of the chassis take 16 packets", "[snmp]") {
  const auto module = session();
  havc::power::check(*module, kBladeCenter, in(20s));
  CHECK(havc::power::read(*module, kBladeCenter, in(20s)).size() == 14);
  CHECK_THAT(chassis.control("dump"), Contains("packets=16 "));
}

TEST_CASE_METHOD(Lab, "off, on and reset are done and read back", "[snmp]") {
  const auto module = session();
  const auto bays =
      havc::power::bays_of("node1", havc::power::read(*module, kBladeCenter, in(20s)), {});
  havc::power::turn_off(*module, kBladeCenter, bays, {5s}, in(20s));
  CHECK_THAT(chassis.control("dump"), Contains("bay 3 exists=1 state=0 target=none accepted=1"));
  havc::power::turn_on(*module, kBladeCenter, bays, in(20s));
  CHECK_THAT(chassis.control("dump"), Contains("bay 3 exists=1 state=1 target=none accepted=2"));
  CHECK(havc::power::reset(*module, kBladeCenter, bays, in(20s)));
  CHECK_THAT(chassis.control("dump"), Contains("bay 3 exists=1 state=1 target=none accepted=4"));
}

TEST_CASE_METHOD(Lab, "a lost request is repeated", "[snmp]") {
  REQUIRE(chassis.control("drop 1") == "ok\n");
  CHECK_FALSE(trouble(*session(), 20s));
  CHECK(took >= 2s);
  CHECK(took < 4s);
}

TEST_CASE_METHOD(Lab, "an answer that is later than the repetition counts", "[snmp]") {
  REQUIRE(chassis.control("delay 2300") == "ok\n");
  CHECK_FALSE(trouble(*session(), 20s));
  CHECK(took < 4s);  // the repetition alone would be answered after 4.3 s
}

TEST_CASE_METHOD(Lab, "a session can be used again after silence", "[snmp]") {
  const auto module = session();
  REQUIRE(chassis.control("silent on") == "ok\n");
  CHECK(trouble(*module, 300ms));
  REQUIRE(chassis.control("silent off") == "ok\n");
  CHECK_FALSE(trouble(*module, 20s));
}

TEST_CASE_METHOD(Lab, "a dead port ends at the deadline", "[snmp]") {
  const auto module = session();
  chassis.end();
  const auto error = trouble(*module, 1s);
  REQUIRE(error);
  CHECK(error->fault() == Fault::timed_out);
  CHECK_THAT(error->problem(), Contains("timed out: no answer from '127.0.0.1:"));
  CHECK(took >= 1s);
  CHECK(took < 1500ms);
}

TEST_CASE("a wrong community is silence, and its error names the community", "[snmp]") {
  Simulated lab({"--community", "other", "--bay", "3=node1"});
  const auto error = lab.trouble(*lab.session(), 1s);
  REQUIRE(error);
  CHECK(error->fault() == Fault::timed_out);
  CHECK_THAT(error->remedy(), Contains("community"));
  CHECK(lab.took < 1500ms);
}

TEST_CASE("a community that may only read cannot switch, and the error says so at once", "[snmp]") {
  Simulated lab({"--read-only-community", "secret", "--bay", "3=node1"});
  const auto module = lab.session();
  const auto bays =
      havc::power::bays_of("node1", havc::power::read(*module, kBladeCenter, in(20s)), {});
  try {
    havc::power::turn_off(*module, kBladeCenter, bays, {15s}, in(30s));
    FAIL("success without write access");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::permission);
    CHECK_THAT(error.remedy(), Contains("write access"));
  }
  CHECK_THAT(lab.chassis.control("dump"),
             Contains("bay 3 exists=1 state=1 target=none accepted=0"));
}

TEST_CASE("a soft off that is refused goes on to a hard one", "[snmp]") {
  Simulated lab({"--community", "secret", "--latency", "0", "--bay", "3=node1,softoff=refuse"});
  const auto module = lab.session();
  const auto bays =
      havc::power::bays_of("node1", havc::power::read(*module, kBladeCenter, in(20s)), {});
  havc::power::turn_off(*module, kBladeCenter, bays, {15s}, in(30s));
  CHECK_THAT(lab.chassis.control("dump"),
             Contains("bay 3 exists=1 state=0 target=none accepted=1"));
}

TEST_CASE("a chassis of the other kind, or a device that is none, is refused", "[snmp]") {
  const auto* face = GENERATE("cmm", "amm");
  Simulated lab({"--community", "secret", "--face", face});
  const auto& kind = std::string(face) == "cmm" ? kBladeCenter : havc::power::kFlexSystem;
  CHECK_THROWS_WITH(havc::power::check(*lab.session(), kind, in(20s)),
                    Contains("is not an " + std::string(kind.product)));
}

TEST_CASE_METHOD(Lab,
                 "a second snmp.conf cannot be used in one process, and is not silently ignored",
                 "[snmp]") {
  const auto first = session();
  const havc::test::TemporaryFolder other;
  other.write("snmp.conf", "defVersion 1\ndefCommunity other\n");
  CHECK_THROWS_WITH(open_netsnmp({"127.0.0.1", 161}, {other.path()}), Contains(credentials()));
}

}  // namespace
