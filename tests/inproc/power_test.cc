// The engine with the real client against simulator processes.
#include "power/power.h"
#include "snmp_lab.h"
#include "support/catch.h"

using namespace std::chrono_literals;
using namespace havc::power;
using namespace havc::test;
using Catch::Matchers::Contains;
using havc::snmp::Credentials;

namespace {

std::vector<std::string> with(const Credentials& credentials, std::vector<std::string> more) {
  auto options = options_for(credentials);
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

/// node1 in bay 3 of one or several simulators, each a module of the same chassis.
struct Lab {
  Lab(const Credentials& credentials, const Chassis& a_kind, const std::vector<std::string>& peers)
      : kind(a_kind), client(havc::snmp::open_netsnmp_client(credentials)) {
    std::vector<havc::snmp::Address> addresses;
    addresses.reserve(peers.size());
    for (const auto& peer : peers) addresses.push_back(havc::snmp::parse_address(peer).value());
    links.emplace_back(*client, kind, addresses);
    links[0].connect(deadline);
  }

  Plan node1() {
    Plan plan;
    for (const auto& row : havc::snmp::rows(links[0].contact(), columns(kind), deadline)) {
      const auto bay = decode(kind, row.index, row.values);
      if (bay.name == "node1") plan.targets.push_back({0, bay});
    }
    return plan;
  }
  void off() { turn_off(links, kind, node1(), policy, audit, deadline); }

  const Chassis& kind;
  havc::Deadline deadline = in(50s);
  std::unique_ptr<havc::snmp::Client> client;
  std::vector<Link> links;
  OffPolicy policy;
  Audit audit{"off", "node1", deadline};
};

TEST_CASE("off, on and reset are done and read back", "[power]") {
  const auto credentials = GENERATE(v1(), v3());
  ChassisProcess chassis(options_for(credentials));
  Lab lab(credentials, kBladeCenter, {chassis.peer()});
  lab.policy.soft_timeout = 5s;
  lab.off();
  CHECK_THAT(chassis.control("dump"), Contains("bay 3 exists=1 state=0 target=none accepted=1"));
  turn_on(lab.links, lab.kind, lab.node1(), lab.audit, lab.deadline);
  CHECK_THAT(chassis.control("dump"), Contains("bay 3 exists=1 state=1 target=none accepted=2"));
  CHECK(reset(lab.links, lab.kind, lab.node1(), lab.policy, lab.audit, lab.deadline));
  CHECK_THAT(chassis.control("dump"), Contains("bay 3 exists=1 state=1 target=none accepted=4"));
}

TEST_CASE("strict: the second table and the counter are read where they are", "[power]") {
  ChassisProcess chassis(with(v1(), {"--module", "shift=20"}));
  Lab lab(v1(), kBladeCenter, {chassis.peer()});
  lab.policy.verify = Verify::strict;
  SECTION("they agree") {
    lab.off();
    CHECK_THAT(chassis.control("dump"), Contains("bay 3 exists=1 state=0"));
  }
  SECTION("the counter runs") {
    REQUIRE(chassis.control("bay 3 seconds=run") == "ok\n");
    lab.deadline = in(10s);
    CHECK_THROWS_WITH(lab.off(), Contains("time of being powered on"));
  }
}

TEST_CASE("a Flex System's blade that ignores off is reseated", "[power]") {
  ChassisProcess chassis(with(v1(), {"--face", "cmm", "--do", "bay 3 ignore=100"}));
  Lab lab(v1(), kFlexSystem, {chassis.peer()});
  lab.policy.escalate = Escalate::reseat;
  lab.off();
  CHECK_THAT(chassis.control("dump"), Contains("bay 3 exists=1 state=0"));
  CHECK_THAT(chassis.control("log"), Contains("what=reseat") || Contains("what=virtual"));
}

TEST_CASE("the module that its table of modules names is talked to", "[power]") {
  const auto module = [](const std::string& address, std::vector<std::string> more) {
    more.insert(more.end(), {"--listen", "udp:" + address + ":0", "--module", "address1=127.0.0.1",
                             "--module", "address2=127.0.0.2", "--module", "redundant=1"});
    return with(v1(), std::move(more));
  };
  ChassisProcess standby(module("127.0.0.2", {"--standby"}));
  ChassisProcess in_charge(module("127.0.0.1", {"--do", "delay 500"}));
  Lab lab(v1(), kBladeCenter, {standby.peer(), in_charge.peer()});
  CHECK(lab.links[0].name() == in_charge.peer());
}

}  // namespace
