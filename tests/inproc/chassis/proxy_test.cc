// The proxy as a process between net-snmp's own programs and simulators.
#include "base/clock.h"
#include "base/error.h"
#include "inproc/chassis/snmp_programs.h"
#include "support/catch.h"

using namespace std::chrono_literals;
using namespace havc::test;

namespace {

ChassisProcess before(const ChassisProcess& chassis, std::vector<std::string> more) {
  more.insert(more.begin(), {"--backend", chassis.address()});
  return ChassisProcess(more, ChassisProgram::proxy);
}

const std::vector<std::string> kOnce{"-v1", "-csecret", "-t0.5", "-r0"};

}  // namespace

TEST_CASE("without faults everything passes, in both directions and versions", "[chassis]") {
  const ChassisProcess chassis(simulator_arguments({}));
  ChassisProcess proxy = before(chassis, {});
  const auto who = GENERATE(kV1, kV3);
  CHECK(get(proxy, kState, who) == "1");
  CHECK(set(proxy, kPower, "0", who).empty());
  CHECK(becomes(proxy, kState, "0"));
  CHECK_THAT(ask(proxy, who == kV1 ? "snmpwalk" : "snmpbulkwalk", who, {kBase + "22.1.6"}).output,
             Catch::Contains("node1"));
  CHECK(proxy.end() == 0);
}

TEST_CASE("IPv6 on both sides", "[chassis]") {
  const ChassisProcess chassis(simulator_arguments({"--listen", "udp6:[::1]:0"}));
  const ChassisProcess proxy = before(chassis, {"--listen", "udp6:[::1]:0"});
  std::vector<std::string> words{"snmpget",       "-m",  "", "-Oqv", "-v1", "-csecret",
                                 proxy.address(), kState};
  CHECK(havc::run_process(words, "", havc::Deadline::after(havc::system_clock(), 30s)).output ==
        "1\n");
}

TEST_CASE("a lost packet is repeated by the client", "[chassis]") {
  const ChassisProcess chassis(simulator_arguments({}));
  const std::string direction = GENERATE("requests", "answers");
  const ChassisProcess proxy = before(chassis, {"--fault", "drop count=1 dir=" + direction});
  CHECK(get(proxy, kState) == "1");
  CHECK_THAT(proxy.control("dump"),
             Catch::Contains("fault hits=1 drop count=1") && Catch::Contains("requests=2"));
}

TEST_CASE("answers that are cut, have another id, or come late are no answers", "[chassis]") {
  const ChassisProcess chassis(simulator_arguments({}));
  const std::string fault = GENERATE("truncate bytes=20", "corrupt", "late ms=2000");
  const ChassisProcess proxy = before(chassis, {"--fault", fault + " dir=answers"});
  CHECK(ask(proxy, "snmpget", kOnce, {kState}).exit_code != 0);
  REQUIRE(proxy.control("clear") == "ok\n");
  CHECK(get(proxy, kState) == "1");
}

TEST_CASE("packets that come twice do no harm", "[chassis]") {
  const ChassisProcess chassis(simulator_arguments({}));
  const ChassisProcess proxy = before(chassis, {"--scenario", "duplicated"});
  const auto who = GENERATE(kV1, kV3);
  CHECK(set(proxy, kPower, "0", who).empty());
  CHECK(becomes(proxy, kState, "0"));
}

TEST_CASE("an answer from another port is one that was not asked", "[chassis]") {
  const ChassisProcess chassis(simulator_arguments({}));
  const ChassisProcess proxy = before(chassis, {"--scenario", "wrong-port"});
  get(proxy, kState, kOnce);  // net-snmp's own programs may take it
  CHECK_THAT(proxy.control("dump"), Catch::Contains("fault hits=1 misport dir=answers"));
}

TEST_CASE("a blackout ends by itself", "[chassis]") {
  const ChassisProcess chassis(simulator_arguments({}));
  const ChassisProcess proxy = before(chassis, {"--fault", "blackout ms=1500"});
  CHECK(ask(proxy, "snmpget", kOnce, {kState}).exit_code != 0);
  CHECK(get(proxy, kState) == "1");
}

TEST_CASE("the address moves to another engine, by order or after so many requests", "[chassis]") {
  const ChassisProcess one(simulator_arguments({}));
  const ChassisProcess other(simulator_arguments({"--do", "bay 3 state=standby"}));
  const std::string line = GENERATE("backend 2", "after 1 backend 2");
  const ChassisProcess proxy = before(one, {"--backend", other.address()});
  CHECK(get(proxy, kState) == "1");
  const std::string first = engine_of(proxy);
  REQUIRE(proxy.control(line) == "ok\n");
  get(proxy, kState);
  CHECK(get(proxy, kState) == "3");
  CHECK(engine_of(proxy) == engine_of(other));
  CHECK(engine_of(proxy) != first);
  CHECK(get(proxy, kState, kV3) == "3");
}

TEST_CASE("the same seed has the same packets suffer", "[chassis]") {
  const ChassisProcess chassis(simulator_arguments({}));
  const auto dumped = [&] {
    const ChassisProcess proxy =
        before(chassis, {"--seed", "7", "--fault", "drop dir=requests chance=40"});
    for (int i = 0; i < 4; ++i) CHECK(get(proxy, kState, {"-v1", "-csecret", "-t0.2"}) == "1");
    return proxy.control("dump");
  };
  CHECK(dumped() == dumped());
}

TEST_CASE("the proxy says what is wrong with its arguments and lines", "[chassis]") {
  const ChassisProcess chassis(simulator_arguments({}));
  CHECK_THROWS_AS(ChassisProcess({}, ChassisProgram::proxy), havc::Error);
  CHECK_THROWS_AS(ChassisProcess({"--backend", "nowhere"}, ChassisProgram::proxy), havc::Error);
  ChassisProcess proxy = before(chassis, {});
  const std::string line = GENERATE("fly", "drop chance=101", "drop colour=red", "backend 2",
                                    "at 5", "truncate copies=2", "scenario 255-before-off");
  CHECK_THAT(proxy.control(line), Catch::StartsWith("error: "));
  CHECK(proxy.control("quit") == "ok\n");
  CHECK(proxy.end() == 0);
}
