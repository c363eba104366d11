#include "ocf/run.h"

#include "support/catch.h"
#include "support/fake_clock.h"

using namespace std::chrono_literals;
using namespace havc::ocf;
using Catch::Matchers::Contains;
using havc::Environment;
using havc::Error;
using havc::Fault;

namespace {

struct SampleOptions {
  std::string config;
  int level = 0;
};
using havc::options::parameter;
constexpr std::array kTable{
    parameter<&SampleOptions::config>({.name = "config",
                                       .shortdesc = "s",
                                       .longdesc = "l",
                                       .need = havc::options::Need::required,
                                       .kind = havc::options::Kind::identity}),
    parameter<&SampleOptions::level>({.name = "level", .shortdesc = "s", .longdesc = "l", .fallback = "3"}),
};

using Handler = std::function<Outcome(const SampleOptions&, const Call&)>;

Agent sample(const Handler& handler) {
  Agent agent;
  agent.doc = {"Sample", "1", "A sample", "A sample for tests."};
  agent.actions = {{"start", ActionKind::change, 120s},
                   {"stop", ActionKind::stop, 120s},
                   {"monitor", ActionKind::monitor, 30s, 10s, 0},
                   {"validate-all", ActionKind::check, 20s}};
  agent.parameters = havc::options::rows_of(kTable);
  agent.act = [handler](const ActionDoc& action, const Call& call) {
    return handler(parse_parameters<SampleOptions>(kTable, action, call.environment), call);
  };
  return agent;
}

Answer ask(const Agent& agent, std::vector<std::string> arguments, Environment::Values values = {}) {
  static havc::test::FakeClock clock;
  values.emplace("OCF_RESKEY_config", "/vm.xml");
  return answer(agent, {std::move(arguments), Environment(std::move(values)), clock});
}

Outcome fine(const SampleOptions& /*options*/, const Call& /*call*/) { return {}; }
Outcome broken(const SampleOptions& /*options*/, const Call& /*call*/) {
  throw Error(Fault::unusable_here, "'/vm.xml' is missing", "copy it");
}

}  // namespace

TEST_CASE("an unknown action is not implemented, also without parameters", "[ocf]") {
  const auto result = ask(sample(fine), {"promote"}, {{"OCF_RESKEY_config", ""}});
  CHECK(result.exit_code == 3);
  CHECK(result.reason == "unknown action 'promote'; 'Sample usage' lists them");
}

TEST_CASE("no action prints the usage as an error", "[ocf]") {
  const auto result = ask(sample(fine), {});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.errors, Contains("usage: Sample (start|stop|monitor|validate-all)"));
}

TEST_CASE("what follows the action is left to later versions of the standard", "[ocf]") {
  CHECK(ask(sample(fine), {"start", "--verbose"}).exit_code == 0);
}

TEST_CASE("meta-data and usage need no parameters", "[ocf]") {
  for (const auto* word : {"meta-data", "usage", "help", "methods"}) {
    const auto result = ask(sample(broken), {word}, {{"OCF_RESKEY_config", ""}, {"OCF_RA_VERSION_MAJOR", "1"}});
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.output, Contains("Sample"));
    CHECK(result.reason.empty());
  }
}

TEST_CASE("a missing required parameter is wrong everywhere, for every action", "[ocf]") {
  for (const auto* action : {"start", "stop", "monitor", "validate-all"}) {
    const auto result = ask(sample(fine), {action}, {{"OCF_RESKEY_config", ""}});
    CHECK(result.exit_code == 6);
    CHECK(result.reason == "required parameter 'config' is not set; correct the resource's parameters");
  }
}

TEST_CASE("a bad tuning parameter stops a start but never a stop or a monitor", "[ocf]") {
  int seen = 0;
  const auto agent = sample([&](const SampleOptions& options, const Call&) {
    seen = options.level;
    return Outcome{};
  });
  CHECK(ask(agent, {"start"}, {{"OCF_RESKEY_level", "x"}}).exit_code == 6);
  CHECK(seen == 0);
  for (const auto* action : {"stop", "monitor"}) {
    CHECK(ask(agent, {action}, {{"OCF_RESKEY_level", "x"}}).exit_code == 0);
    CHECK(seen == 3);
  }
}

TEST_CASE("a failing probe is never taken for a stopped resource", "[ocf]") {
  const auto result = ask(sample(broken), {"monitor"});
  CHECK(result.exit_code == 1);
  CHECK(result.reason == "'/vm.xml' is missing; copy it");
  CHECK(ask(sample(broken), {"start"}).exit_code == 5);
  CHECK(ask(sample(broken), {"stop"}).exit_code == 1);
}

TEST_CASE("an unexpected exception is reported as such", "[ocf]") {
  const auto agent = sample([](const SampleOptions&, const Call&) -> Outcome { throw std::out_of_range("map::at"); });
  const auto result = ask(agent, {"monitor"});
  CHECK(result.exit_code == 1);
  CHECK(result.reason == "internal error, please report it: map::at");
}

TEST_CASE("a reason fits into what Pacemaker keeps", "[ocf]") {
  const auto agent = sample([](const SampleOptions&, const Call&) {
    return Outcome{ExitCode::generic, std::string(300, 'x') + "\nsecond line"};
  });
  const auto result = ask(agent, {"monitor"});
  CHECK(result.reason.size() == kLongestReason);
}

TEST_CASE("a cause that is too long loses its middle, not its remedy", "[ocf]") {
  const auto agent = sample([](const SampleOptions&, const Call&) -> Outcome {
    throw Error(Fault::unreachable, "cannot connect to 'a'" + std::string(300, 'x') + "Connection refused", "start libvirtd on this node");
  });
  const auto result = ask(agent, {"start"});
  CHECK(result.reason.size() == kLongestReason);
  CHECK_THAT(result.reason, Contains("cannot connect to 'a'") && Contains("...") &&
                                Catch::Matchers::EndsWith("Connection refused; start libvirtd on this node"));
  CHECK(result.whole == "cannot connect to 'a'" + std::string(300, 'x') + "Connection refused; start libvirtd on this node");
}

TEST_CASE("not running needs a reason where it was expected to run", "[ocf]") {
  const auto agent = sample([](const SampleOptions&, const Call&) { return Outcome{ExitCode::not_running, "gone"}; });
  const auto probe = ask(agent, {"monitor"});
  CHECK(probe.exit_code == 7);
  CHECK(probe.reason.empty());
  const auto recurring = ask(agent, {"monitor"}, {{"OCF_RESKEY_CRM_meta_interval", "10000"}});
  CHECK(recurring.exit_code == 7);
  CHECK(recurring.reason == "gone");
}

TEST_CASE("the call carries what Pacemaker says", "[ocf]") {
  std::optional<Call> seen;
  const auto agent = sample([&](const SampleOptions&, const Call& call) {
    seen.emplace(call);
    return Outcome{};
  });
  ask(agent, {"monitor"},
      {{"OCF_RESOURCE_INSTANCE", "vm1"},
       {"OCF_RESKEY_CRM_meta_timeout", "40000"},
       {"OCF_RESKEY_CRM_meta_interval", "10000"},
       {"OCF_RESKEY_CRM_meta_on_node", "n1"},
       {"OCF_CHECK_LEVEL", "10"}});
  REQUIRE(seen);
  CHECK(seen->instance == "vm1");
  CHECK(seen->node == "n1");
  CHECK(seen->check_level == 10);
  CHECK_FALSE(seen->probe);
  CHECK(seen->timeout == 40s);
  CHECK(seen->deadline.remaining() == 38s);
  ask(agent, {"monitor"}, {{"OCF_RESKEY_CRM_meta_interval", "0"}});
  CHECK(seen->probe);
  CHECK(seen->instance == "default");
  CHECK(seen->timeout == 30s);
}

TEST_CASE("a recurring monitor that expects a stopped resource is as a probe", "[ocf]") {
  const auto agent = sample([](const SampleOptions&, const Call& call) {
    CHECK(call.probe);
    return Outcome{ExitCode::not_running, "gone"};
  });
  const auto result = ask(agent, {"monitor"}, {{"OCF_RESKEY_CRM_meta_interval", "10000"}, {"OCF_RESKEY_CRM_meta_op_target_rc", "7"}});
  CHECK(result.exit_code == 7);
  CHECK(result.reason.empty());
}

TEST_CASE("the check level has two names, and is 0 when it is no number", "[ocf]") {
  int seen = -1;
  const auto agent = sample([&](const SampleOptions&, const Call& call) {
    seen = call.check_level;
    return Outcome{};
  });
  ask(agent, {"monitor"}, {{"OCF_RESKEY_OCF_CHECK_LEVEL", "20"}});
  CHECK(seen == 20);
  ask(agent, {"monitor"}, {{"OCF_CHECK_LEVEL", "10"}, {"OCF_RESKEY_OCF_CHECK_LEVEL", "20"}});
  CHECK(seen == 10);
  ask(agent, {"monitor"}, {{"OCF_CHECK_LEVEL", "high"}});
  CHECK(seen == 0);
}

TEST_CASE("Pacemaker always names the instance", "[ocf]") {
  const auto result = ask(sample(fine), {"monitor"}, {{"OCF_RA_VERSION_MAJOR", "1"}});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.reason, Contains("OCF_RESOURCE_INSTANCE"));
}

TEST_CASE("time is kept back for the report", "[ocf]") {
  CHECK(usable(120s) == 115s);
  CHECK(usable(60s) == 57s);
  CHECK(usable(20s) == 19s);
  CHECK(usable(1s) == 500ms);
}
