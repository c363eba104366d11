#include "fence/run.h"

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

const Environment kNoLog(Environment::Values{{"HA_LOGFACILITY", "none"}});

/// A fence agent that reads `input`; its session goes to `chassis`, which outlives it.
struct Agent {
  FakeClock clock;
  FakeChassis chassis{clock};
  FakeNetwork network{clock, chassis};
  Environment::Values input{{"ip", "10.0.0.1"}, {"snmp_conf_path", "/etc/havc"}};
  havc::options::Given given;  ///< what the command line is read as
  havc::fence::Answer answer;

  Agent() {
    chassis.add(1, {.number = 1, .name = "Node1"});
    chassis.add(2, {.number = 2, .name = "node2", .state = 0});
  }

  int run(std::vector<std::string> arguments, const std::string& text) {
    const auto command_line = [this](const auto& /*switches*/, const auto& /*arguments*/) {
      return given;
    };
    answer = havc::fence::run(kBladeCenter, network.opener(), command_line,
                              {.arguments = std::move(arguments),
                               .standard_input = [&] { return text; },
                               .environment = kNoLog,
                               .clock = clock});
    return answer.exit_code;
  }
  int call(const Environment::Values& more) {
    std::string text;
    auto all = more;
    all.insert(input.begin(), input.end());
    for (const auto& [name, value] : all) text.append(name).append("=").append(value).append("\n");
    return run({}, text);
  }
  bool silent() const { return answer.output.empty() && answer.errors.empty(); }
  /// One line on standard error, none on standard output.
  std::string reason() const {
    CHECK(answer.output.empty());
    CHECK(answer.errors.find('\n') == answer.errors.size() - 1);
    return answer.errors;
  }
};

TEST_CASE_METHOD(Agent, "off, on, reboot and monitor that succeed are silent", "[fence]") {
  CHECK(call({{"action", "off"}, {"plug", "node1"}}) == 0);
  CHECK(chassis.row(1).state == 0);
  CHECK(silent());
  CHECK(call({{"action", "on"}, {"plug", "node1"}}) == 0);
  CHECK(chassis.row(1).state == 1);
  CHECK(silent());
  CHECK(call({{"action", "reboot"}, {"plug", "node1"}}) == 0);
  CHECK(chassis.row(1).state == 1);
  CHECK(chassis.commands().size() == 4);
  CHECK(silent());
  CHECK(call({{"action", "monitor"}}) == 0);
  CHECK(silent());
  CHECK(network.credentials.folder == "/etc/havc");
}

TEST_CASE_METHOD(Agent, "reboot is the action when none is named", "[fence]") {
  CHECK(call({{"plug", "node1"}}) == 0);
  CHECK(chassis.commands().size() == 2);
}

TEST_CASE_METHOD(Agent, "power goes at once, whatever the soft-off parameters say", "[fence]") {
  const auto* value = GENERATE("15", "0");
  CHECK(call({{"action", "off"}, {"plug", "node1"}, {"soft_timeout", value}}) == 0);
  REQUIRE(chassis.commands().size() == 1);
  CHECK(chassis.commands()[0].code == 0);
}

TEST_CASE_METHOD(Agent, "status tells on, off and neither by its exit code", "[fence]") {
  const auto [state, code, text] = GENERATE(table<int, int, std::string>({
      {1, 0, "Status: ON\n"},
      {0, 2, "Status: OFF\n"},
      {3, 0, "Status: ON\n"},
      {4, 0, "Status: ON\n"},
  }));
  chassis.row(1).state = state;
  CHECK(call({{"action", "status"}, {"plug", "node1"}}) == code);
  CHECK(answer.output == text);
  CHECK(answer.errors.empty());
}

TEST_CASE_METHOD(Agent, "a state that nobody knows is a failed status", "[fence]") {
  chassis.row(1).state = GENERATE(255, 7);
  CHECK(call({{"action", "status"}, {"plug", "node1"}}) == 1);
  CHECK_THAT(reason(), StartsWith("fence_ibmbc: status node1: bay 1 (Node1) reads ") &&
                           Contains("look at it on the management module"));
}

TEST_CASE_METHOD(Agent, "several plugs are off when each of them is", "[fence]") {
  CHECK(call({{"action", "status"}, {"plug", "node1,node2"}}) == 0);
  chassis.row(1).state = 0;
  CHECK(call({{"action", "status"}, {"plug", "node1,node2"}}) == 2);
  CHECK(call({{"action", "status"}, {"plug", "node1+node2"}, {"plug_separator", "+"}}) == 2);
}

TEST_CASE_METHOD(Agent, "reboot of several plugs has all off before one is on again", "[fence]") {
  chassis.row(2).state = 1;
  CHECK(call({{"action", "reboot"}, {"plug", "node1,node2"}}) == 0);
  std::vector<std::int32_t> codes;
  for (const auto& command : chassis.commands()) codes.push_back(command.code);
  CHECK(codes == std::vector<std::int32_t>{0, 0, 1, 1});
}

TEST_CASE_METHOD(Agent, "reboot of several plugs is done when one does not come on", "[fence]") {
  chassis.row(1).lost_commands = 0;
  chassis.row(2).state = 1;
  chassis.at(5s, [this] { chassis.row(1).lost_commands = 1000; });
  CHECK(call({{"action", "reboot"}, {"plug", "node1,node2"}}) == 0);
  CHECK(silent());
}

TEST_CASE_METHOD(Agent, "list prints bay and host, list-status the state, too", "[fence]") {
  chassis.add(3, {.number = 3, .name = "", .state = 255});
  chassis.add(4, {.number = 4, .name = "gone", .exists = 0});
  CHECK(call({{"action", "list"}}) == 0);
  CHECK(answer.output == "1,Node1\n2,node2\n3,\n");
  CHECK(call({{"action", "list-status"}, {"separator", "|"}}) == 0);
  CHECK(answer.output == "1|Node1|ON\n2|node2|OFF\n3||UNKNOWN\n");
  CHECK(answer.errors.empty());
}

TEST_CASE_METHOD(Agent, "plug counts before port, and port before nodename", "[fence]") {
  CHECK(call({{"action", "status"}, {"plug", "node2"}, {"port", "node1"}, {"nodename", "x"}}) == 2);
  CHECK(call({{"action", "status"}, {"port", "node2"}, {"nodename", "node1"}}) == 2);
  CHECK(call({{"action", "status"}, {"nodename", "NODE2"}}) == 2);
}

TEST_CASE_METHOD(Agent, "ip counts before ipaddr, and ipaddr before mgmt_address", "[fence]") {
  input = {{"snmp_conf_path", "/etc/havc"}};
  CHECK(call({{"action", "monitor"}, {"ip", "::1"}, {"ipaddr", "10.0.0.2"}}) == 0);
  CHECK(call({{"action", "monitor"}, {"ipaddr", "10.0.0.2"}, {"mgmt_address", "10.0.0.3"}}) == 0);
  CHECK(call({{"action", "monitor"}, {"mgmt_address", "10.0.0.3"}, {"ipport", "1161"}}) == 0);
  CHECK(network.opened == std::vector<std::string>{"::1", "10.0.0.2", "10.0.0.3:1161"});
}

TEST_CASE_METHOD(Agent, "a delay comes before anything else, and only where it must", "[fence]") {
  const auto [action, time] = GENERATE(table<std::string, std::chrono::milliseconds>({
      {"off", 10s},
      {"reboot", 10s},
      {"on", 0s},
      {"status", 0s},
      {"monitor", 0s},
      {"list", 0s},
  }));
  CAPTURE(action);
  call({{"action", action}, {"plug", "node1"}, {"delay", "10"}});
  CHECK(network.first == time);
}

TEST_CASE_METHOD(Agent, "a delay is no part of the deadline", "[fence]") {
  chassis.row(1).lost_commands = 1000;
  CHECK(call({{"action", "off"}, {"plug", "node1"}, {"delay", "10"}, {"deadline", "30"}}) == 1);
  CHECK(clock.elapsed() == 40s);
  CHECK_THAT(reason(), Contains("timed out"));
}

TEST_CASE_METHOD(Agent, "power_timeout is the deadline", "[fence]") {
  chassis.row(1).lost_commands = 1000;
  CHECK(call({{"action", "off"}, {"plug", "node1"}, {"power_timeout", "20"}}) == 1);
  CHECK(clock.elapsed() == 20s);
}

TEST_CASE_METHOD(Agent, "a question takes at most 15 s", "[fence]") {
  const auto* action = GENERATE("status", "monitor");
  network.all_dead = true;
  CHECK(call({{"action", action}, {"plug", "node1"}}) == 1);
  CHECK(clock.elapsed() == 15s);
  CHECK_THAT(reason(), Contains("timed out"));
}

TEST_CASE_METHOD(Agent, "list waits for a module that needs 9 s an answer, as a fencing would",
                 "[fence]") {
  network.latency = 9s;
  CHECK(call({{"action", "list"}}) == 0);
  CHECK_THAT(answer.output, Contains("Node1"));
}

TEST_CASE_METHOD(Agent, "bad parameters are refused before anything is sent", "[fence]") {
  const auto [name, value, words] = GENERATE(table<std::string, std::string, std::string>({
      {"ip", "", "required parameter 'ip' is not set"},
      {"ip", "a b", "parameter 'ip' is 'a b', not an address"},
      {"ip", "10.0.0.1;", ""},
      {"ipport", "0", "parameter 'ipport' is '0', not a port"},
      {"snmp_conf_path", "", "none of 'snmp_conf_path', 'community' and 'username' is set"},
      {"snmp_conf_path", "etc", "parameter 'snmp_conf_path' is 'etc', not an absolute path"},
      {"host_map", "node1", "parameter 'host_map' is 'node1', not a map like node1:3"},
      {"snmp_version", "2c", "parameter 'snmp_version' is '2c', not one of 1 3"},
      {"snmp_auth_prot", "SHA2", "parameter 'snmp_auth_prot' is 'SHA2', not one of MD5 SHA"},
      {"password", "x\x01", "parameter 'password': the value, which is not shown"},
  }));
  if (words.empty()) return;
  CAPTURE(name, value);
  input.erase(name);
  CHECK(call({{"action", "off"}, {"plug", "node1"}, {name, value}}) == 1);
  CHECK_THAT(reason(), StartsWith("fence_ibmbc: off node1: ") && Contains(words));
  CHECK(network.opened.empty());
}

TEST_CASE_METHOD(Agent, "bad tuning fails monitor and validate-all, but not a fencing", "[fence]") {
  const auto [name, value] = GENERATE(table<std::string, std::string>({
      {"deadline", "x"},
      {"deadline", "1"},
      {"verify", "hard"},
      {"delay", "-1"},
      {"login_timeout", "x"},
      {"missing_as_off", "maybe"},
  }));
  CAPTURE(name, value);
  CHECK(call({{"action", "off"}, {"plug", "node1"}, {name, value}}) == 0);
  CHECK(call({{"action", "status"}, {"plug", "node1"}, {name, value}}) == 2);
  CHECK(call({{"action", "monitor"}, {name, value}}) == 1);
  CHECK_THAT(reason(), Contains("parameter '" + name + "'"));
  CHECK(call({{"action", "validate-all"}, {name, value}}) == 1);
}

TEST_CASE_METHOD(Agent, "validate-all warns of a parameter that does not exist", "[fence]") {
  const std::string warning =
      "fence_ibmbc: validate-all: warning: unknown parameter 'host_mpa' is ignored; did you mean "
      "'host_map'?\n";
  CHECK(call({{"action", "validate-all"}, {"host_mpa", "n1:1"}, {"nodeid", "1"}}) == 0);
  CHECK(reason() == warning);
  CHECK(call({{"action", "validate-all"}, {"host_mpa", "n1:1"}, {"deadline", "x"}}) == 1);
  CHECK_THAT(answer.errors, StartsWith(warning) && Contains("parameter 'deadline'"));
  CHECK(call({{"action", "off"}, {"plug", "node1"}, {"host_mpa", "n1:1"}}) == 0);
  CHECK(silent());
}

TEST_CASE_METHOD(Agent, "an action that does not exist or lacks its plug is refused", "[fence]") {
  const auto [action, words] = GENERATE(table<std::string, std::string>({
      {"poweroff", "fence_ibmbc: poweroff: unsupported action 'poweroff'; use one of on, off"},
      {"enable", "unsupported action 'enable'"},
      {"off", "fence_ibmbc: off: no plug was given; set 'plug'"},
      {"status", "no plug was given"},
  }));
  CHECK(call({{"action", action}}) == 1);
  CHECK_THAT(reason(), Contains(words));
  CHECK(network.opened.empty());
}

TEST_CASE_METHOD(Agent, "a plug of separators alone is none", "[fence]") {
  CHECK(call({{"action", "off"}, {"plug", " , "}}) == 1);
  CHECK_THAT(reason(), Contains("no plug was given"));
}

TEST_CASE_METHOD(Agent, "a refusal of the device is one line", "[fence]") {
  chassis.row(1).refusal = Error(Fault::permission, "'chassis' refuses access", "give it access");
  CHECK(call({{"action", "off"}, {"plug", "node1"}}) == 1);
  CHECK_THAT(reason(), StartsWith("fence_ibmbc: off node1: ") && Contains("refuses access") &&
                           Contains("give it access"));
}

TEST_CASE_METHOD(Agent, "behind a long plug there is still the reason", "[fence]") {
  CHECK(call({{"action", "off"}, {"plug", std::string(5000, 'x')}}) == 1);
  CHECK_THAT(reason(), Contains("no bay of this chassis"));
}

TEST_CASE_METHOD(Agent, "quiet is quiet even in failure", "[fence]") {
  CHECK(call({{"action", "off"}, {"plug", "node9"}, {"quiet", "1"}}) == 1);
  CHECK(silent());
}

TEST_CASE_METHOD(Agent, "another kind of chassis is refused and nothing is changed", "[fence]") {
  chassis.set_object(kBladeCenter.type_object, std::int64_t(101));
  const auto* action = GENERATE("status", "off", "on", "reboot", "list", "monitor");
  CHECK(call({{"action", action}, {"plug", "node1"}}) == 1);
  CHECK_THAT(reason(), Contains("is not an IBM BladeCenter chassis"));
  CHECK(chassis.commands().empty());
}

TEST_CASE_METHOD(Agent, "metadata needs nothing else to be right", "[fence]") {
  const auto* action = GENERATE("metadata", "meta-data", "METADATA", "manpage");
  input = {{"ip", "a b"}, {"deadline", "x"}};
  CHECK(call({{"action", action}}) == 0);
  CHECK_THAT(answer.output, Contains("<resource-agent name=\"fence_ibmbc\""));
  CHECK(answer.errors.empty());
}

TEST_CASE_METHOD(Agent, "help and version are for the command line", "[fence]") {
  given = {{"help", "1"}};
  CHECK(run({"-h"}, "") == 0);
  CHECK_THAT(answer.output, StartsWith("usage: fence_ibmbc"));
  given = {{"version", "1"}};
  CHECK(run({"-V"}, "") == 0);
  CHECK_FALSE(answer.output.empty());
}

TEST_CASE_METHOD(Agent, "explain changes nothing, and does not wait", "[fence]") {
  const auto* action = GENERATE("off", "on", "reboot");
  given = {{"ip", "10.0.0.1"}, {"snmp_conf_path", "/etc/havc"},
           {"action", action}, {"plug", "node1"},
           {"explain", "1"},   {"delay", "100"}};
  CHECK(run({"--explain"}, "") == 0);
  CHECK_THAT(answer.output,
             StartsWith(std::string(action) + " node1: ") && Contains("bay 1 (Node1)"));
  CHECK(chassis.commands().empty());
  CHECK(clock.elapsed() < 15s);
}

TEST_CASE_METHOD(Agent, "there is nothing to explain of what changes nothing", "[fence]") {
  given = {
      {"ip", "10.0.0.1"}, {"snmp_conf_path", "/etc/havc"}, {"action", "list"}, {"explain", "1"}};
  CHECK(run({"--explain"}, "") == 1);
  CHECK_THAT(reason(), Contains("'list' changes nothing"));
}

TEST_CASE_METHOD(Agent, "what cannot be read from standard input is told", "[fence]") {
  answer = havc::fence::run(kBladeCenter, nullptr, nullptr,
                            {.arguments = {},
                             .standard_input = []() -> std::string {
                               throw Error(Fault::timed_out, "timed out: it did not end", "end it");
                             },
                             .environment = kNoLog,
                             .clock = clock});
  CHECK(answer.exit_code == 1);
  CHECK(reason() == "fence_ibmbc: timed out: it did not end; end it\n");
}

TEST_CASE_METHOD(Agent, "options that are not understood are no reboot", "[fence]") {
  const auto fails = [](const auto&, const auto&) -> havc::options::Given {
    throw Error(Fault::misconfigured, "unknown option '--hostmap'", "see --help");
  };
  answer = havc::fence::run(
      kBladeCenter, nullptr, fails,
      {.arguments = {"--hostmap=x"}, .standard_input = {}, .environment = kNoLog, .clock = clock});
  CHECK(answer.exit_code == 1);
  CHECK(reason() == "fence_ibmbc: unknown option '--hostmap'; see --help\n");
}

TEST_CASE_METHOD(Agent, "a defect of our own is a failure like any other", "[fence]") {
  CHECK(havc::fence::run(kBladeCenter, nullptr, nullptr,
                         {.arguments = {},
                          .standard_input = []() -> std::string { throw std::logic_error("odd"); },
                          .environment = kNoLog,
                          .clock = clock})
            .errors == "fence_ibmbc: internal error: odd; please report it\n");
}

}  // namespace
