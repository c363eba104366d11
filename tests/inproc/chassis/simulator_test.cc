// The simulator as a process, asked by net-snmp's own programs: what other tests lean on must
// itself be known to hold.
#include "base/clock.h"
#include "base/deadline.h"
#include "base/error.h"
#include "base/text.h"
#include "inproc/chassis/snmp_programs.h"
#include "support/catch.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <fstream>

using namespace std::chrono_literals;
using namespace havc::test;
using havc::Deadline;
using havc::run_process;

namespace {

std::vector<std::string> arguments(std::vector<std::string> more) {
  return simulator_arguments(std::move(more));
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

TEST_CASE("each face says what it is", "[chassis]") {
  const auto [face, type, name] = GENERATE(table<std::string, std::string, std::string>({
      {"mm", "", "\"BladeCenter Management Module\""},
      {"cmm", "101", "\"IBM Flex Chassis Management Module\""},
      {"lenovo", "101", "\"Lenovo Flex Chassis Management Module\""},
  }));
  ChassisProcess chassis(arguments({"--face", face}));
  CHECK(get(chassis, kBase + "22.4.38.0") == type);
  CHECK(get(chassis, ".1.3.6.1.2.1.1.1.0") == name);
}

TEST_CASE("every value has the type that the MIB says, or the one that was asked for",
          "[chassis]") {
  ChassisProcess chassis(arguments({"--face", "cmm"}));
  const auto with_type = [&](const std::string& tail) {
    const auto said = run_process(
        {"snmpget", "-m", "", "-v1", "-csecret", "-t1", "-r20", chassis.peer(), kBase + tail}, "",
        Deadline::after(havc::system_clock(), 30s));
    const std::string output(havc::text::trim(said.output));
    const auto equals = output.find(" = ");
    return equals == std::string::npos ? said.errors : output.substr(equals + 3);
  };
  CHECK(with_type("22.1.6.1.1.4.3") == "INTEGER: 1");
  CHECK(with_type("22.1.10.1.1.3.3") == "INTEGER: 1");
  CHECK(with_type("22.5.1.1.3.1") == "IpAddress: 127.0.0.1");
  CHECK(with_type("2.23.1.1.1.5.1.1.3.3") == "STRING: \"SIM0003\"");
  REQUIRE(chassis.control("bay 3 type=string") == "ok\n");
  CHECK(with_type("22.1.6.1.1.4.3") == "STRING: \"1\"");
  REQUIRE(chassis.control("bay 3 type=gauge") == "ok\n");
  CHECK(with_type("22.1.6.1.1.4.3") == "Gauge32: 1");
}

TEST_CASE("a module that may only be read, or that stands by, refuses SETs and says so",
          "[chassis]") {
  const std::string line = GENERATE("scenario read-only", "scenario module-standby");
  ChassisProcess chassis(arguments({}));
  REQUIRE(chassis.control(line) == "ok\n");
  CHECK_THAT(set(chassis, kPower, "0"), Catch::Contains("noSuchName"));
  CHECK_THAT(set(chassis, kPower, "0", kV3), Catch::Contains("noAccess"));
  CHECK(get(chassis, kState) == "1");
  CHECK(get(chassis, kBase + "22.4.34.0") == "1");
  CHECK(get(chassis, kBase + "22.5.1.1.4.2") == "0");
  CHECK_THAT(chassis.control("log"), Catch::Contains("bay=3 what=off answer=refused"));
}

TEST_CASE("a silent bay swallows what touches it, and nothing else", "[chassis]") {
  ChassisProcess chassis(arguments({"--scenario", "bay-silent", "--bay", "4=node2"}));
  const auto who = GENERATE(std::vector<std::string>{"-v1", "-csecret"}, kV3);
  std::vector<std::string> once = who;
  once.insert(once.end(), {"-t0.3", "-r1"});
  CHECK(ask(chassis, "snmpget", once, {kState}).exit_code != 0);
  CHECK_FALSE(set(chassis, kPower, "0", once).empty());
  CHECK(get(chassis, kBase + "22.1.6.1.1.4.4", who) == "1");
  CHECK_THAT(chassis.control("dump"),
             Catch::Contains("bay 3 exists=1 state=1 target=none accepted=0"));
}

TEST_CASE("what waits for a read happens after its answer, and for a SET before it", "[chassis]") {
  ChassisProcess chassis(arguments({"--bay", "4=node2,latency=0"}));
  REQUIRE(chassis.control("on-read 3 swap 3 4") == "ok\n");
  CHECK(get(chassis, kLabel) == "\"node1\"");
  CHECK(get(chassis, kLabel) == "\"node2\"");
  REQUIRE(chassis.control("on-set 3 swap 3 4") == "ok\n");
  CHECK(set(chassis, kPower, "0").empty());
  CHECK(becomes(chassis, kState, "0"));
  CHECK(get(chassis, kLabel) == "\"node1\"");
  CHECK(get(chassis, kBase + "22.1.6.1.1.4.4") == "1");
}

TEST_CASE("a module may die once it has obeyed", "[chassis]") {
  ChassisProcess chassis(arguments({"--scenario", "dies-at-set"}));
  CHECK_FALSE(set(chassis, kPower, "0", {"-v1", "-csecret", "-t0.3", "-r1"}).empty());
  CHECK_THAT(chassis.control("log"), Catch::Contains("bay=3 what=off answer=accepted"));
  CHECK_THAT(chassis.control("dump"), Catch::Contains("packets=2 answers=0"));
}

TEST_CASE("a reseat switches off a Flex node that ignores everything else", "[chassis]") {
  ChassisProcess chassis(arguments({"--scenario", "reseat-helps"}));
  CHECK(set(chassis, kPower, "0", kV3).empty());
  CHECK(set(chassis, kBase + "22.38.1.1.4.1.1.3.3", "1", kV3).empty());
  CHECK(becomes(chassis, kState, "0"));
  CHECK(get(chassis, kBase + "22.38.1.1.3.1.1.3.3") == "1");
  REQUIRE(chassis.control("bay 3 health=12") == "ok\n");
  CHECK_THAT(set(chassis, kBase + "22.38.1.1.4.1.1.3.3", "1", kV3),
             Catch::Contains("inconsistentValue"));
}

TEST_CASE("two modules are two engines, and one may be given its id", "[chassis]") {
  const ChassisProcess one(arguments({}));
  const ChassisProcess other(arguments({}));
  const ChassisProcess told(arguments({"--engine-id", "800000000112345678"}));
  CHECK_FALSE(engine_of(one).empty());
  CHECK(engine_of(one) != engine_of(other));
  CHECK(engine_of(told) == std::string("\x80\x00\x00\x00\x01\x12\x34\x56\x78", 9));
  CHECK(get(told, kState, kV3) == "1");
}

TEST_CASE("users of MD5 and DES are served, strangers and wrong passwords are not", "[chassis]") {
  const ChassisProcess chassis(arguments({"--user", "old:MD5:authpass1:DES:privpass1"}));
  const auto user = [](const std::string& name, const std::string& auth, const std::string& priv) {
    return std::vector<std::string>{"-v3",   "-lauthPriv", "-u" + name, "-aMD5", "-A" + auth,
                                    "-xDES", "-X" + priv,  "-t1",       "-r0"};
  };
  CHECK(get(chassis, kState, user("old", "authpass1", "privpass1")) == "1");
  CHECK_THAT(ask(chassis, "snmpget", user("none", "authpass1", "privpass1"), {kState}).errors,
             Catch::Contains("Unknown user name"));
  CHECK_THAT(ask(chassis, "snmpget", user("old", "authpass2", "privpass1"), {kState}).errors,
             Catch::Contains("Authentication failure"));
  CHECK_THAT(ask(chassis, "snmpget", user("old", "authpass1", "privpass2"), {kState}).errors,
             Catch::Contains("Timeout"));
}

TEST_CASE("a script is obeyed from the start, and a wrong one is refused with its line",
          "[chassis]") {
  const TemporaryFolder folder;
  const std::string good = folder.write("good", "# later\nat 300 bay 3 state=255\n");
  ChassisProcess chassis(arguments({"--script", good}));
  CHECK(becomes(chassis, kState, "255"));
  const std::string bad = folder.write("bad", "fly\n");
  CHECK_THROWS_AS(ChassisProcess(arguments({"--script", bad})), havc::Error);
}

TEST_CASE("two modules of one chassis tell each other, by a hook", "[chassis]") {
  const TemporaryFolder folder;
  const ChassisProcess other(arguments({"--standby", "--control", folder / "other"}));
  const std::string hook =
      folder.write("hook", fmt::format("#!/bin/sh\nexec \"{}\" --tell {} \"bay $2 state=$1\"\n",
                                       path_of(ChassisProgram::simulator), folder / "other"));
  REQUIRE(chmod(hook.c_str(), 0755) == 0);
  const ChassisProcess active(arguments({"--hook", hook}));
  CHECK(set(active, kPower, "0").empty());
  CHECK(becomes(other, kState, "0"));
  CHECK(becomes(active, kState, "0"));
}

TEST_CASE("telling says whether all was well", "[chassis]") {
  const TemporaryFolder folder;
  const ChassisProcess chassis(arguments({"--control", folder / "socket"}));
  const auto tell = [&](const std::string& path, const std::string& line) {
    return run_process({path_of(ChassisProgram::simulator), "--tell", path, "drop 1", line}, "",
                       Deadline::after(havc::system_clock(), 30s));
  };
  CHECK(tell(folder / "socket", "drop 0").output == "ok\nok\n");
  CHECK(tell(folder / "socket", "drop 0").exit_code == 0);
  CHECK(tell(folder / "socket", "fly").exit_code == 1);
  CHECK_THAT(tell(folder / "nobody", "dump").errors, Catch::Contains("nobody listens"));
}

TEST_CASE("it uses no time when nobody asks", "[chassis]") {
  const ChassisProcess chassis(arguments({"--scenario", "auto-power-on"}));
  CHECK(get(chassis, kState) == "1");
  const auto switches = [&] {
    std::ifstream status(fmt::format("/proc/{}/status", chassis.pid()));
    std::string line;
    while (std::getline(status, line)) {
      if (line.starts_with("voluntary_ctxt_switches:")) return line;
    }
    return std::string();
  };
  // It may not yet have gone to sleep after its answer, so that the first window proves nothing.
  const auto quiet = [&] {
    const std::string before = switches();
    havc::system_clock().sleep_until(havc::system_clock().now() + 300ms);
    return !before.empty() && switches() == before;
  };
  CHECK((quiet() || quiet() || quiet()));
}

TEST_CASE("it ends by itself on quit, and says what is wrong with its arguments", "[chassis]") {
  ChassisProcess chassis(arguments({}));
  CHECK(chassis.control("quit") == "ok\n");
  CHECK(chassis.end() == 0);
  CHECK_THROWS_AS(ChassisProcess(arguments({"--bay", "99=node2"})), havc::Error);
}
