// The simulator as a process, asked by net-snmp's own programs: what other tests lean on must
// itself be known to hold.
#include "support/chassis_process.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/process.h"
#include "base/text.h"
#include "support/catch.h"

#include <sys/stat.h>

using namespace std::chrono_literals;
using havc::Deadline;
using havc::ProcessResult;
using havc::run_process;
using havc::test::ChassisProcess;

namespace {

const std::string kBase = ".1.3.6.1.4.1.2.3.51.2.";
const std::string kState = kBase + "22.1.6.1.1.4.3";
const std::string kStatusState = kBase + "22.1.5.1.1.4.3";
const std::string kPower = kBase + "22.1.6.1.1.7.3";

const std::vector<std::string> kV1{"-v1", "-csecret"};
const std::vector<std::string> kV3{"-v3",         "-lauthPriv", "-uadmin",    "-aSHA",
                                   "-Aauthpass1", "-xAES",      "-Xprivpass1"};

ProcessResult ask(const ChassisProcess& chassis, const std::string& program,
                  const std::vector<std::string>& who, const std::vector<std::string>& what) {
  std::vector<std::string> words{"env",
                                 "SNMPCONFPATH=/dev/null/none",
                                 "SNMP_PERSISTENT_DIR=/dev/null/none",
                                 program,
                                 "-m",
                                 "",
                                 "-Oqv",
                                 "-t1",
                                 "-r20"};
  words.insert(words.end(), who.begin(), who.end());
  words.push_back(chassis.peer());
  words.insert(words.end(), what.begin(), what.end());
  return run_process(words, "", Deadline::after(havc::system_clock(), 30s));
}

std::string get(const ChassisProcess& chassis, const std::string& id) {
  return std::string(havc::text::trim(ask(chassis, "snmpget", kV1, {id}).output));
}

bool becomes(const ChassisProcess& chassis, const std::string& id, const std::string& value) {
  const auto deadline = Deadline::after(havc::system_clock(), 20s);
  while (get(chassis, id) != value) {
    if (deadline.expired()) return false;
    deadline.pause(20ms);
  }
  return true;
}

std::vector<std::string> arguments(std::vector<std::string> more) {
  more.insert(more.begin(), {"--community", "secret", "--read-only-community", "look", "--user",
                             "admin:SHA:authpass1:AES:privpass1", "--bay", "3=node1,latency=200"});
  return more;
}

}  // namespace

TEST_CASE("a SET off shows in both tables once the latency has passed", "[chassis]") {
  const auto who = GENERATE(kV1, kV3);
  ChassisProcess chassis(arguments({}));
  CHECK(get(chassis, kState) == "1");
  CHECK(ask(chassis, "snmpset", who, {kPower, "i", "0"}).exit_code == 0);
  CHECK(becomes(chassis, kState, "0"));
  CHECK(get(chassis, kStatusState) == "0");
  CHECK_THAT(chassis.control("dump"),
             Catch::Contains("bay 3 exists=1 state=0 target=none accepted=1"));
  CHECK(chassis.end() == 0);
}

TEST_CASE("a SET without permission, or of nonsense, is answered with an error and changes nothing",
          "[chassis]") {
  ChassisProcess chassis(arguments({"--latency", "0"}));
  const std::vector<std::string> reader{"-v1", "-clook"};
  CHECK_THAT(ask(chassis, "snmpset", reader, {kPower, "i", "0"}).errors,
             Catch::Contains("noSuchName"));
  CHECK_THAT(ask(chassis, "snmpset", kV1, {kPower, "i", "3"}).errors, Catch::Contains("badValue"));
  CHECK_THAT(ask(chassis, "snmpset", kV1, {kPower, "s", "0"}).errors, Catch::Contains("badValue"));
  CHECK_THAT(ask(chassis, "snmpset", kV1, {kState, "i", "0"}).errors,
             Catch::Contains("noSuchName"));
  CHECK_THAT(ask(chassis, "snmpset", kV3, {kState, "i", "0"}).errors,
             Catch::Contains("notWritable"));
  REQUIRE(chassis.control("bay 3 refuse=1") == "ok\n");
  CHECK_THAT(ask(chassis, "snmpset", kV1, {kPower, "i", "0"}).errors,
             Catch::Contains("noSuchName"));
  CHECK_THAT(chassis.control("dump"),
             Catch::Contains("bay 3 exists=1 state=1 target=none accepted=0 refused=1"));
}

TEST_CASE("a walk shows the whole table in order and ends", "[chassis]") {
  ChassisProcess chassis(arguments({"--bays", "14"}));
  const auto who = GENERATE(kV1, kV3);
  const std::string program = who == kV1 ? "snmpwalk" : "snmpbulkwalk";
  const auto walk = ask(chassis, program, who, {".1.3"});
  CHECK(walk.exit_code == 0);
  CHECK_THAT(walk.output, Catch::StartsWith("\"BladeCenter Advanced Management Module\"") &&
                              Catch::Contains("node1"));
  constexpr int kOfBay = 8 + 8 + 4 + 5 + 5;
  constexpr int kOfModule = 1 + 7 + 1 + 2 * 5 + 2 * 6 + (2 + 5);  // system to user profile
  CHECK(havc::text::split(walk.output, "\n").size() ==
        14 * kOfBay + kOfModule + 1);  // "No more variables"
}

TEST_CASE("the hook must succeed before the state changes", "[chassis]") {
  const havc::test::TemporaryFolder folder;
  const std::string hook =
      folder.write("hook", "#!/bin/sh\necho \"$@\" >>\"$0.log\"\nexit $(cat \"$0.code\")\n");
  REQUIRE(chmod(hook.c_str(), 0755) == 0);
  folder.write("hook.code", "1");
  ChassisProcess chassis(arguments({"--hook", hook}));
  CHECK(ask(chassis, "snmpset", kV1, {kPower, "i", "0"}).exit_code == 0);
  const auto deadline = Deadline::after(havc::system_clock(), 20s);
  while (chassis.control("dump").find("bay 3 exists=1 state=1 target=none accepted=1") ==
         std::string::npos) {
    REQUIRE_FALSE(deadline.expired());
    deadline.pause(10ms);
  }
  folder.write("hook.code", "0");
  CHECK(ask(chassis, "snmpset", kV1, {kPower, "i", "0"}).exit_code == 0);
  CHECK(becomes(chassis, kState, "0"));
  const auto log =
      run_process({"cat", folder / "hook.log"}, "", Deadline::after(havc::system_clock(), 20s));
  CHECK(log.output == "off 3 node1\noff 3 node1\n");
}

TEST_CASE("a hanging hook delays neither answers nor the end", "[chassis]") {
  const havc::test::TemporaryFolder folder;
  const std::string hook = folder.write("hook", "#!/bin/sh\nexec sleep 1000\n");
  REQUIRE(chmod(hook.c_str(), 0755) == 0);
  ChassisProcess chassis(arguments({"--hook", hook, "--latency", "0"}));
  CHECK(ask(chassis, "snmpset", kV1, {kPower, "i", "0"}).exit_code == 0);
  CHECK(get(chassis, kState) == "1");
  CHECK(chassis.end() == 0);
}

TEST_CASE("dropped requests, lost answers and delays happen to packets as asked", "[chassis]") {
  ChassisProcess chassis(arguments({}));
  const std::string command = GENERATE("drop 1", "lose 1", "delay 100");
  REQUIRE(chassis.control(command) == "ok\n");
  const auto before = havc::system_clock().now();
  CHECK(get(chassis, kState) == "1");
  CHECK(havc::system_clock().now() - before >= (command == "delay 100" ? 100ms : 1000ms));
  const std::string packets =
      command == "delay 100" ? "packets=1 answers=1" : "packets=2 answers=1";
  CHECK_THAT(chassis.control("dump"), Catch::Contains(packets));
}

TEST_CASE("a silent chassis counts requests and answers none", "[chassis]") {
  ChassisProcess chassis(arguments({}));
  REQUIRE(chassis.control("silent on") == "ok\n");
  CHECK(ask(chassis, "snmpget", {"-v1", "-csecret", "-t0.2", "-r1"}, {kState}).exit_code != 0);
  CHECK_THAT(chassis.control("dump"), Catch::Contains("packets=2 answers=0"));
  REQUIRE(chassis.control("silent off") == "ok\n");
  CHECK(get(chassis, kState) == "1");
}

TEST_CASE("a Flex chassis says so", "[chassis]") {
  ChassisProcess chassis(arguments({"--face", "cmm"}));
  CHECK(get(chassis, kBase + "22.4.38.0") == "101");
  CHECK(get(chassis, ".1.3.6.1.2.1.1.1.0") == "\"IBM Flex Chassis Management Module\"");
}

TEST_CASE("it ends by itself on quit, and says what is wrong with its arguments", "[chassis]") {
  ChassisProcess chassis(arguments({}));
  CHECK(chassis.control("quit") == "ok\n");
  CHECK(chassis.end() == 0);
  CHECK_THROWS_AS(ChassisProcess(arguments({"--bay", "99=node2"})), havc::Error);
}
