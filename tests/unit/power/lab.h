// A chassis with node1 in bay 3, behind one module, for the tests of the engine; and what they all
// ask of it.
#pragma once

#include "base/error.h"
#include "power/power.h"
#include "support/catch.h"
#include "support/fake_client.h"

#include <algorithm>
#include <string>
#include <vector>

namespace havc::test {

/// node1 runs in bay 3, whose row is 7: a number of one used for the other must show.
struct PowerLab {
  using Command = FakeChassis::Command;
  using Commands = std::vector<Command>;
  using Codes = std::vector<int>;

  explicit PowerLab(const power::Chassis& a_kind = power::kBladeCenter)
      : kind(a_kind), chassis(clock, a_kind) {
    chassis.add(3, {.number = 7, .name = "innocent"});
  }

  /// Connects to the modules at these addresses, once.
  void connect(const std::vector<std::string>& addresses) {
    std::vector<snmp::Address> parsed;
    parsed.reserve(addresses.size());
    for (const auto& one : addresses) parsed.push_back({.host = one});
    links.emplace_back(client, kind, parsed);
    links.back().connect(deadline);
  }

  /// What the chassis says of its modules: which bay's is in charge.
  void set_modules(const std::vector<std::string>& addresses, std::size_t in_charge) {
    const auto& table = kind.modules;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      const auto bay = static_cast<std::uint32_t>(i + 1);
      chassis.set_object(table.address / bay, addresses[i]);
      chassis.set_object(table.primary / bay, std::int64_t(bay == in_charge));
    }
    chassis.set_object(table.active / 0, std::int64_t(in_charge));
  }

  /// The bays with this name, of every chassis.
  power::Plan find(const std::string& name) {
    if (links.empty()) connect({"a"});
    power::Plan plan;
    plan.host = name;
    for (std::size_t link = 0; link < links.size(); ++link) {
      for (const auto& row : snmp::rows(links[link].contact(), power::columns(kind), deadline)) {
        auto bay = power::decode(kind, row.index, row.values);
        if (bay.name == name) plan.targets.push_back({link, bay});
      }
    }
    return plan;
  }

  void off(const power::Plan& plan) { power::turn_off(links, kind, plan, policy, audit, deadline); }
  void off() { off(find("node1")); }
  void on() { power::turn_on(links, kind, find("node1"), audit, deadline); }
  bool reset() { return power::reset(links, kind, find("node1"), policy, audit, deadline); }

  /// What off() ends with; fails when it succeeds.
  Error failure(const power::Plan& plan) {
    try {
      off(plan);
    } catch (const Error& error) {
      return error;
    }
    FAIL("success");
    return {Fault::failed, ""};
  }
  Error failure() { return failure(find("node1")); }

  /// Codes of the commands given so far.
  Codes codes() const {
    Codes result;
    for (const auto& command : chassis.commands()) result.push_back(command.code);
    return result;
  }
  /// In their order.
  Duration given(std::size_t command) const { return chassis.commands().at(command).when; }

  const power::Chassis& kind;
  FakeClock clock;
  FakeClient client{clock};
  FakeChassis chassis;
  FakeModule& module = client.add("a", chassis);
  FakeBay& node1 = chassis.add(7, {.number = 3, .name = "node1"});
  std::vector<power::Link> links;
  power::OffPolicy policy;
  Deadline deadline = clock.in(std::chrono::seconds(55));
  power::Audit audit{"off", "node1", deadline};
};

}  // namespace havc::test
