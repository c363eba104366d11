// Where a front or a device opens its client in a test: each address leads to the same model of a
// chassis, or to nobody.
#pragma once

#include "snmp/credentials.h"
#include "support/fake_client.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace havc::test {

class FakeNetwork {
 public:
  FakeNetwork(FakeClock& clock, FakeChassis& chassis) : clock_(clock), chassis_(&chassis) {}

  /// What power::Device takes. This object has to outlive the clients.
  std::function<std::unique_ptr<snmp::Client>(const snmp::Credentials&)> opener();

  /// Another chassis behind this address.
  void put(const std::string& address, FakeChassis& chassis) { others_[address] = &chassis; }

  std::set<std::string> dead;              ///< addresses of modules that do not answer
  bool all_dead = false;                   ///< none does
  std::chrono::milliseconds latency{100};  ///< of every module, from a question to its answer
  std::vector<std::string> opened;         ///< addresses, in the order in which they were opened
  std::chrono::milliseconds first{-1};     ///< when the first one was
  snmp::Credentials credentials;           ///< of the last client

 private:
  class Borrowed;

  FakeClock& clock_;
  FakeChassis* chassis_;
  std::map<std::string, FakeChassis*> others_;
  FakeClient client_{clock_};
};

}  // namespace havc::test
