// What the tests of the real SNMP client share: credentials as parameters, and a simulator that
// knows them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "power/chassis.h"
#include "snmp/netsnmp_client.h"
#include "support/chassis_process.h"

namespace havc::test {

inline const auto& kColumns = power::kBladeCenter.columns;

inline Deadline in(Duration time) {
  return Deadline::after(system_clock(), time);
}

inline snmp::Credentials v1(const std::string& version = "1") {
  snmp::Credentials credentials;
  credentials.version = version;
  credentials.community = "secret";
  return credentials;
}

inline snmp::Credentials v3(const std::string& auth = "SHA", const std::string& priv = "AES") {
  snmp::Credentials credentials;
  credentials.version = "3";
  credentials.user = "admin";
  credentials.auth_protocol = auth;
  credentials.auth_password = "authpass1";
  credentials.priv_protocol = priv;
  credentials.priv_password = "privpass1";
  return credentials;
}

/// Of the simulator, so that it admits whoever has these credentials.
inline std::vector<std::string> options_for(const snmp::Credentials& credentials) {
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

/// A client and one peer of it.
struct Asking {
  Asking(const snmp::Credentials& credentials, const std::string& peer)
      : client(snmp::open_netsnmp_client(credentials)),
        contact{client.get(), client->open(snmp::parse_address(peer).value())} {}

  /// The reply to reading a state within `time`, and how long that took.
  snmp::Reply state(Duration time) {
    const auto start = system_clock().now();
    auto reply =
        exchange(contact, {{snmp::Request::Kind::get, {kColumns.state / 3}}}, in(time)).at(0);
    took = system_clock().now() - start;
    return reply;
  }
  snmp::Reply set(std::int32_t value) {
    return exchange(contact, {{snmp::Request::Kind::set, {kColumns.command / 3}, value}},
                    in(std::chrono::seconds(30)))
        .at(0);
  }

  std::unique_ptr<snmp::Client> client;
  snmp::Contact contact;
  Duration took{};
};

struct SnmpLab {
  explicit SnmpLab(const snmp::Credentials& credentials)
      : SnmpLab(credentials, options_for(credentials)) {}
  SnmpLab(const snmp::Credentials& credentials, std::vector<std::string> options)
      : chassis(std::move(options)), module(credentials, chassis.peer()) {}

  ChassisProcess chassis;
  Asking module;
};

}  // namespace havc::test
