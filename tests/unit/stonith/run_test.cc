#include "stonith/run.h"

#include <sstream>

#include "support/catch.h"
#include "support/fake_network.h"

namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using havc::Environment;
using havc::Error;
using havc::Fault;
using havc::power::kBladeCenter;
using havc::test::FakeChassis;
using havc::test::FakeClock;
using havc::test::FakeNetwork;

/// A plugin that was called with `arguments`; its session goes to `chassis`, which outlives it.
struct Plugin {
  FakeClock clock;
  FakeChassis chassis{clock};
  FakeNetwork network{clock, chassis};
  Environment environment{
      {{"mgmt_address", "10.0.0.1"}, {"snmp_conf_path", "/etc/havc"}, {"HA_LOGFACILITY", "none"}}};
  std::ostringstream out, err;

  Plugin() {
    chassis.add(1, {.number = 1, .name = "Node1"});
    chassis.add(2, {.number = 2, .name = "node2", .state = 0});
  }

  int call(std::vector<std::string> arguments) {
    return havc::stonith::run(kBladeCenter, network.opener(),
                              {.arguments = std::move(arguments),
                               .environment = environment,
                               .clock = clock,
                               .out = out,
                               .err = err});
  }
  bool silent() const { return out.str().empty() && err.str().empty(); }
  /// One line on standard error, none on standard output.
  std::string reason() const {
    CHECK(out.str().empty());
    std::string text = err.str();
    CHECK(text.find('\n') == text.size() - 1);
    return text;
  }
};

TEST_CASE_METHOD(Plugin, "off, on, reset and status that succeed are silent", "[stonith]") {
  CHECK(call({"off", "node1"}) == 0);
  CHECK(chassis.row(1).state == 0);
  CHECK(call({"on", "node1"}) == 0);
  CHECK(chassis.row(1).state == 1);
  CHECK(call({"reset", "node1"}) == 0);
  CHECK(call({"status"}) == 0);
  CHECK(silent());
  CHECK(network.credentials.folder == "/etc/havc");
}

TEST_CASE_METHOD(Plugin, "gethosts prints each host on a line", "[stonith]") {
  CHECK(call({"gethosts"}) == 0);
  CHECK(out.str() == "Node1\nnode2\n");
  CHECK(err.str().empty());
}

TEST_CASE_METHOD(Plugin, "gethosts of a dead module is a failure, not an empty list", "[stonith]") {
  network.all_dead = true;
  CHECK(call({"gethosts"}) == 1);
  CHECK_THAT(reason(), StartsWith("external/ibmbc: gethosts: ") && Contains("timed out"));
  CHECK(clock.elapsed() < 42s);  // fenced tries again below 70 % of its 60 s
}

TEST_CASE_METHOD(Plugin, "gethosts waits for a module that needs 9 s an answer, as a fencing would",
                 "[stonith]") {
  network.latency = 9s;
  CHECK(call({"gethosts"}) == 0);
  CHECK(out.str() == "Node1\nnode2\n");
}

TEST_CASE_METHOD(Plugin, "gethosts of a chassis without names is a failure", "[stonith]") {
  chassis.row(1).name = chassis.row(2).name = "";
  CHECK(call({"gethosts"}) == 1);
  CHECK_THAT(reason(), Contains("no bay of the chassis has a name"));
}

TEST_CASE_METHOD(Plugin, "query prints ON and OFF as HAVC-II did, and what is neither in words",
                 "[stonith]") {
  const auto [state, text] = GENERATE(table<int, std::string>({{0, "OFF\n"},
                                                               {1, "ON\n"},
                                                               {3, "ON\n"},
                                                               {4, "ON\n"},
                                                               {255, "UNKNOWN (unknown)\n"},
                                                               {9, "UNKNOWN (state 9)\n"}}));
  chassis.row(1).state = state;
  CHECK(call({"query", "node1"}) == 0);
  CHECK(out.str() == text);
}

TEST_CASE_METHOD(Plugin, "query prints a line a bay", "[stonith]") {
  environment.set("host_map", "both:2,1");
  CHECK(call({"query", "both"}) == 0);
  CHECK(out.str() == "ON\nOFF\n");
}

TEST_CASE_METHOD(Plugin, "a host in no bay is refused and nothing is changed", "[stonith]") {
  CHECK(call({"reset", "node9"}) == 1);
  CHECK_THAT(reason(),
             StartsWith("external/ibmbc: reset node9: no bay of this chassis is host 'node9'"));
  CHECK(chassis.commands().empty());
}

TEST_CASE_METHOD(Plugin, "behind a long host there is still the reason", "[stonith]") {
  CHECK(call({"off", std::string(5000, 'x')}) == 1);
  CHECK_THAT(reason(), Contains("no bay of this chassis"));
}

TEST_CASE_METHOD(Plugin, "messages name the host as Pacemaker spells it", "[stonith]") {
  environment.set("nodename", "NODE9");
  CHECK(call({"off", "node9"}) == 1);
  CHECK_THAT(reason(), Contains("is host 'NODE9'"));
}

TEST_CASE_METHOD(Plugin, "a host with blanks comes in several words", "[stonith]") {
  chassis.row(1).name = "My Blade";
  CHECK(call({"off", "my", "blade"}) == 0);
  CHECK(chassis.row(1).state == 0);
}

TEST_CASE_METHOD(Plugin, "off asks the system first unless told otherwise; reset never does",
                 "[stonith]") {
  const auto [action, parameter, value, first] =
      GENERATE(table<std::string, std::string, std::string, int>({
          {"off", "no_softoff", "", 2},
          {"off", "no_softoff", "0", 2},
          {"off", "no_softoff", "1", 0},
          {"off", "no_softoff", "any text", 0},
          {"off", "soft_timeout", "0", 0},
          {"off", "soft_timeout", "soon", 2},
          {"reset", "no_softoff", "", 0},
      }));
  CAPTURE(action, parameter, value);
  environment.set(parameter, value);
  CHECK(call({action, "node1"}) == 0);
  CHECK(chassis.commands().at(0).code == first);
}

TEST_CASE_METHOD(Plugin, "a path with a number behind it is HAVC-II's third value", "[stonith]") {
  const auto [value, path, first] = GENERATE(table<std::string, std::string, int>({
      {"/etc/havc 1", "/etc/havc", 0},
      {"/etc/havc 0", "/etc/havc", 2},
      {" /etc/havc 1 ", "/etc/havc", 0},
      {"/etc/havc\t", "/etc/havc", 2},
      {"/etc/my folder 1", "/etc/my folder", 0},
      {"/etc/havc  1", "/etc/havc  1", 2},
      {"/etc/havc x", "/etc/havc x", 2},
      {"/etc/havc1", "/etc/havc1", 2},
  }));
  environment.set("snmp_conf_path", value);
  CHECK(call({"off", "node1"}) == 0);
  CHECK(network.credentials.folder == path);
  CHECK(chassis.commands().at(0).code == first);
}

TEST_CASE_METHOD(Plugin, "a parameter of the same name is preferred to HAVC-II's third value",
                 "[stonith]") {
  environment.set("snmp_conf_path", "/etc/havc 1");
  environment.set("no_softoff", "0");
  CHECK(call({"off", "node1"}) == 0);
  CHECK(chassis.commands().at(0).code == 2);
}

TEST_CASE_METHOD(Plugin, "bad parameters are refused before anything is sent", "[stonith]") {
  const auto [name, value, words] = GENERATE(table<std::string, std::string, std::string>({
      {"mgmt_address", "", "required parameter 'mgmt_address' is not set"},
      {"mgmt_address", "a b", "parameter 'mgmt_address' is 'a b', not an address"},
      {"snmp_conf_path", "", "required parameter 'snmp_conf_path' is not set"},
      {"snmp_conf_path", "etc", "parameter 'snmp_conf_path' is 'etc', not an absolute path"},
      {"host_map", "node1", "parameter 'host_map' is 'node1', not a map like node1:3"},
  }));
  environment.set(name, value);
  CHECK(call({"off", "node1"}) == 1);
  CHECK_THAT(reason(), Contains(words));
  CHECK(network.opened.empty());
}

TEST_CASE_METHOD(Plugin, "bad tuning fails the status, but not a fencing", "[stonith]") {
  const auto [name, value] = GENERATE(table<std::string, std::string>(
      {{"deadline", "x"}, {"deadline", "1"}, {"soft_timeout", "-1"}}));
  environment.set(name, value);
  CHECK(call({"off", "node1"}) == 0);
  CHECK(call({"status"}) == 1);
  CHECK_THAT(reason(), Contains("parameter '" + name + "'"));
}

TEST_CASE_METHOD(Plugin, "an action that does not exist or lacks its host is refused",
                 "[stonith]") {
  const auto [arguments, words] = GENERATE(table<std::vector<std::string>, std::string>({
      {{"poweroff"}, "unsupported action 'poweroff'"},
      {{""}, "unsupported action ''"},
      {{"off"}, "no host was given"},
      {{"reset", ""}, "no host was given"},
      {{"query"}, "no host was given"},
  }));
  CHECK(call(arguments) == 1);
  CHECK_THAT(reason(), Contains(words));
  CHECK(network.opened.empty());
}

TEST_CASE_METHOD(Plugin, "without an action, or for help, usage is printed and the exit code is 1",
                 "[stonith]") {
  const auto arguments = GENERATE(values<std::vector<std::string>>({{}, {"help"}, {"--help"}}));
  CHECK(call(arguments) == 1);
  CHECK(out.str().empty());
  CHECK_THAT(err.str(), StartsWith("usage: ibmbc status"));
}

TEST_CASE_METHOD(Plugin, "another kind of chassis is refused and nothing is changed", "[stonith]") {
  chassis.set_object(kBladeCenter.type_object, std::int64_t(101));
  const auto* action = GENERATE("status", "off", "on", "reset", "query", "gethosts");
  CHECK(call({action, "node1"}) == 1);
  CHECK_THAT(reason(), Contains("is not an IBM BladeCenter chassis"));
  CHECK(chassis.commands().empty());
}

TEST_CASE_METHOD(Plugin, "the second address is used when the first does not answer", "[stonith]") {
  environment.set("mgmt_address", "10.0.0.1,10.0.0.2:1161");
  network.dead.insert("10.0.0.1");
  CHECK(call({"off", "node1"}) == 0);
  CHECK(network.opened == std::vector<std::string>{"10.0.0.1", "10.0.0.2:1161"});
}

TEST_CASE_METHOD(Plugin, "addresses that all fail share the time, and the reason names each",
                 "[stonith]") {
  environment.set("mgmt_address", "10.0.0.1,10.0.0.2,10.0.0.3");
  network.all_dead = true;
  CHECK(call({"status"}) == 1);
  CHECK(network.opened.size() == 3);
  CHECK(clock.elapsed() == 15s);
  CHECK_THAT(reason(), Contains("timed out"));
}

TEST_CASE_METHOD(Plugin, "a dead module fails a fencing early enough to be tried again",
                 "[stonith]") {
  network.all_dead = true;
  CHECK(call({"off", "node1"}) == 1);
  CHECK_THAT(reason(), StartsWith("external/ibmbc: off node1: timed out"));
  CHECK(clock.elapsed() < 42s);  // fenced tries again below 70 % of its 60 s
}

TEST_CASE_METHOD(Plugin,
                 "the deadline is the parameter's for changes and at most 15 s for questions",
                 "[stonith]") {
  environment.set("deadline", "30");
  SECTION("off") {
    chassis.row(1).lost_commands = 1000;
    CHECK(call({"reset", "node1"}) == 1);
    CHECK(clock.elapsed() == 30s);
    CHECK_THAT(reason(), Contains("timed out") && Contains("bay 1 (Node1) reads on"));
  }
  SECTION("status") {
    network.all_dead = true;
    CHECK(call({"status"}) == 1);
    CHECK(clock.elapsed() == 15s);
  }
  SECTION("gethosts") {
    network.latency = 25s;
    CHECK(call({"gethosts"}) == 1);
    CHECK(clock.elapsed() <= 30s);
  }
}

TEST_CASE_METHOD(Plugin, "the tag that libstonith gives stands before the reason", "[stonith]") {
  environment.set("HA_LOGTAG", "external/mine");
  CHECK(call({"off"}) == 1);
  CHECK_THAT(reason(), StartsWith("external/mine: off: "));
}

TEST_CASE_METHOD(Plugin, "explain tells what an action would do, and does nothing", "[stonith]") {
  const auto* action = GENERATE("off", "on", "reset");
  CHECK(call({"--explain", action, "node1"}) == 0);
  CHECK_THAT(out.str(), Contains("bay 1 (Node1)"));
  CHECK(err.str().empty());
  CHECK(chassis.commands().empty());
}

TEST_CASE_METHOD(Plugin, "what cannot be explained is refused", "[stonith]") {
  const auto [arguments, words] = GENERATE(table<std::vector<std::string>, std::string>({
      {{"--explain"}, "unsupported action '--explain'"},
      {{"--explain", "off"}, "no host was given"},
      {{"--explain", "status"}, "'status' changes nothing; use --explain with on, off or reset"},
      {{"--explain", "explode", "node1"}, "unsupported action 'explode'"},
      {{"--explain", "off", "node9"}, "node9"},
  }));
  CHECK(call(arguments) == 1);
  CHECK_THAT(reason(), Contains(words));
  CHECK(chassis.commands().empty());
}

}  // namespace
