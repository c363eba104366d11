// The real client against simulator processes, its credentials from parameters: SNMPv1 and v3 side
// by side in one process. What snmp.conf says is tested in snmp_conf_test.cc.
#include "snmp/netsnmp_client.h"

#include "power/chassis.h"
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

Deadline in(Duration time) {
  return Deadline::after(havc::system_clock(), time);
}

Credentials v1() {
  Credentials credentials;
  credentials.version = "1";
  credentials.community = "secret";
  return credentials;
}

Credentials v3(const std::string& auth = "SHA", const std::string& priv = "AES") {
  Credentials credentials;
  credentials.version = "3";
  credentials.user = "admin";
  credentials.auth_protocol = auth;
  credentials.auth_password = "authpass1";
  credentials.priv_protocol = priv;
  credentials.priv_password = "privpass1";
  return credentials;
}

std::vector<std::string> options_for(const Credentials& credentials) {
  std::vector<std::string> options{"--latency", "200", "--bay", "3=node1,nul=1"};
  if (credentials.version == "3") {
    options.push_back("--user");
    options.push_back(credentials.user + ":" + credentials.auth_protocol + ":" +
                      credentials.auth_password + ":" + credentials.priv_protocol + ":" +
                      credentials.priv_password);
  } else {
    options.push_back("--community");
    options.push_back(credentials.community);
  }
  return options;
}

struct Simulated {
  explicit Simulated(const Credentials& credentials)
      : Simulated(credentials, options_for(credentials)) {}
  Simulated(const Credentials& credentials, std::vector<std::string> options)
      : chassis(std::move(options)), client(open_netsnmp_client(credentials)) {
    contact = {client.get(), client->open(parse_address(chassis.peer()).value())};
  }

  /// The reply to reading a state within `time`, and how long that took.
  Reply state(Duration time) {
    const auto start = havc::system_clock().now();
    auto reply = exchange(contact, {{Request::Kind::get, {kColumns.state / 3}}}, in(time)).at(0);
    took = havc::system_clock().now() - start;
    return reply;
  }
  Reply set(std::int32_t value) {
    return exchange(contact, {{Request::Kind::set, {kColumns.command / 3}, value}}, in(20s)).at(0);
  }

  ChassisProcess chassis;
  std::unique_ptr<Client> client;
  Contact contact;
  Duration took{};
};

TEST_CASE("numbers, texts and missing objects arrive in their places", "[snmp]") {
  Simulated lab(GENERATE(v1(), v3()));
  const auto values = get(lab.contact,
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

TEST_CASE("SNMPv3 works with each pair of protocols that modules offer", "[snmp]") {
  const auto [auth, priv] = GENERATE(table<std::string, std::string>(
      {{"MD5", "DES"}, {"MD5", "AES"}, {"SHA", "DES"}, {"SHA", "AES"}}));
  CAPTURE(auth, priv);
  Simulated lab(v3(auth, priv));
  CHECK_FALSE(lab.state(20s).error);
  CHECK_FALSE(lab.set(0).error);
}

TEST_CASE("14 bays take 8 packets", "[snmp]") {
  Simulated lab(v1());
  CHECK(rows(lab.contact,
             {kColumns.bay, kColumns.exists, kColumns.state, kColumns.health, kColumns.name},
             in(20s))
            .size() == 14);
  CHECK_THAT(lab.chassis.control("dump"), Contains("packets=8 "));
}

}  // namespace
