#include "power/device.h"

#include "support/catch.h"
#include "support/fake_network.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::power;
using Catch::Matchers::Contains;
using havc::Error;
using havc::Fault;
using havc::test::FakeChassis;
using havc::test::FakeClock;
using havc::test::FakeNetwork;

/// Two chassis, "a" and "b", of which a device may use one or both.
struct Rack {
  FakeClock clock;
  FakeChassis first{clock};
  FakeChassis second{clock};
  FakeNetwork network{clock, first};
  Setup setup;
  havc::Deadline deadline = clock.in(55s);

  Rack() {
    first.add(3, {.number = 3, .name = "node1"});
    first.add(4, {.number = 4, .name = "node2"});
    second.add(3, {.number = 3, .name = "node3"});
    second.add(5, {.number = 5, .name = ""});
    use({{"a"}});
  }
  void use(const std::vector<std::vector<std::string>>& chassis) {
    setup.chassis.clear();
    for (const auto& modules : chassis) {
      setup.chassis.emplace_back();
      for (const auto& one : modules) setup.chassis.back().push_back({.host = numeric(one)});
    }
  }
  /// Models have addresses that need no look-up.
  std::string numeric(const std::string& name) {
    std::string address = name == "b" ? "10.0.0.2" : "10.0.0.1";
    if (name == "b") network.put(address, second);
    return address;
  }
  Device device() { return {kBladeCenter, setup, network.opener()}; }
  std::vector<std::string> places(const std::string& plug) {
    std::vector<std::string> result;
    for (const auto& bay : device().look(plug, deadline)) result.push_back(bay.place());
    return result;
  }
  std::vector<std::string> hosts() {
    std::vector<std::string> result;
    for (const auto& entry : device().list(clock.in(15s))) {
      result.push_back(entry.host + "=" + entry.bays.front().place());
    }
    return result;
  }
};
using Texts = std::vector<std::string>;

TEST_CASE_METHOD(Rack, "a device is asked for a host and switches its bays", "[power]") {
  device().off("node1", deadline);
  CHECK(first.row(3).state == 0);
  CHECK(first.row(4).state == 1);
  device().on("3", deadline);
  CHECK(first.row(3).state == 1);
  CHECK(device().reset("node1", deadline));
}

TEST_CASE_METHOD(Rack, "several plugs are one action", "[power]") {
  device().off("3,node2", deadline);
  CHECK(first.row(3).state == 0);
  CHECK(first.row(4).state == 0);
}

TEST_CASE_METHOD(Rack, "a row that is never answered saves no other bay that is known by its number",
                 "[power]") {
  first.row(4).silent = true;
  CHECK_THROWS_WITH(device().off("node1", deadline), Contains("timed out"));
  CHECK(first.commands().empty());
  deadline = clock.in(55s);
  device().off("3", deadline);
  CHECK(first.row(3).state == 0);
  first.row(3).state = 1;
  setup.host_map = *parse_host_map("node1:3;node2:4");
  deadline = clock.in(55s);
  device().off("node1", deadline);
  CHECK(first.row(3).state == 0);
  deadline = clock.in(55s);
  CHECK_THROWS_WITH(device().off("node2", deadline), Contains("timed out"));
  CHECK(first.row(4).state == 1);
}

TEST_CASE_METHOD(Rack, "a bay that is reached by its number brings its partition along",
                 "[power]") {
  for (const int bay : {5, 6, 7, 8, 9}) {
    first.add(static_cast<std::uint32_t>(bay), {.number = bay, .name = "other"}).silent = true;
  }
  const auto& scaling = kBladeCenter.scaling;
  for (const std::uint32_t bay : {3U, 4U}) {
    first.set_object(scaling.complex / bay, std::int64_t(1));
    first.set_object(scaling.partition / bay, std::int64_t(1));
    first.set_object(scaling.role / bay, std::int64_t(bay - 2));
    first.set_object(scaling.type / bay, std::int64_t(1));
  }
  device().off("3", deadline);
  CHECK(first.row(3).state == 0);
  CHECK(first.row(4).state == 0);
}

TEST_CASE_METHOD(Rack, "a bay in the row of another number is not taken for it", "[power]") {
  first.add(5, {.number = 6, .name = "node5"});
  first.row(4).silent = true;
  CHECK_THROWS_WITH(device().off("5", deadline), Contains("row of its number"));
  CHECK(first.commands().empty());
}

TEST_CASE_METHOD(Rack, "a UUID is found, and guards what follows", "[power]") {
  first.row(3).uuid = "D63F A294 1BB4 4A12 9D42 48D0 BE6A 3A20";
  first.set_object(kBladeCenter.inventory.bay / 3, std::string("3"));
  CHECK(places("94a23fd6-b41b-124a-9d42-48d0be6a3a20") == Texts{"3"});
  first.row(3).lost_commands = 1000;
  first.at(5s, [this] { first.row(3).uuid = "00112233445566778899aabbccddeeff"; });
  CHECK_THROWS_WITH(device().off("node1", deadline), Contains("has become"));
}

TEST_CASE_METHOD(Rack, "several chassis are one list, with the bays' places", "[power]") {
  use({{"a"}, {"b"}});
  CHECK(hosts() == Texts{"node1=1/3", "node2=1/4", "node3=2/3", "=2/5"});
  CHECK(places("node3") == Texts{"2/3"});
  CHECK(places("2/5,1/3") == Texts{"1/3", "2/5"});
  device().off("node3", deadline);
  CHECK(second.row(3).state == 0);
  CHECK(first.row(3).state == 1);
}

TEST_CASE_METHOD(Rack, "a dead chassis is in the way only of what it may have", "[power]") {
  use({{"a"}, {"b"}});
  network.dead.insert("10.0.0.2");
  CHECK(hosts() == Texts{"node1=1/3", "node2=1/4"});
  const auto start = clock.elapsed();
  device().off("node1", clock.in(55s));
  CHECK(first.row(3).state == 0);
  CHECK(clock.elapsed() - start < 12s);
  CHECK_THROWS_WITH(device().off("node3", clock.in(55s)),
                    Contains("chassis 2 does not answer: timed out"));
  CHECK_THROWS_WITH(device().status(clock.in(15s)), Contains("10.0.0.2"));
}

TEST_CASE_METHOD(Rack, "what a dead chassis is asked for fails early enough to be tried again",
                 "[power]") {
  use({{"a"}, {"b"}});
  network.dead.insert("10.0.0.2");
  CHECK_THROWS_AS(device().off("2/3", deadline), Error);
  CHECK(clock.elapsed() < 38s);  // 70 % of 55 s
}

TEST_CASE_METHOD(Rack, "a map has to say which of several chassis it means", "[power]") {
  use({{"a"}, {"b"}});
  setup.host_map = parse_host_map("x:3").value();
  CHECK_THROWS_WITH(device().list(deadline), Contains("not of which of the 2 chassis"));
  CHECK(network.opened.empty());
  setup.host_map = parse_host_map("x:2/3").value();
  CHECK(places("x") == Texts{"2/3"});
}

TEST_CASE_METHOD(Rack, "one name in two chassis is refused, and told beforehand", "[power]") {
  use({{"a"}, {"b"}});
  second.row(3).name = "node1";
  CHECK_THROWS_WITH(device().off("node1", deadline), Contains("it is not clear"));
  CHECK(first.commands().empty());
  const auto warnings = device().status(clock.in(15s));
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], Contains("bay 1/3 (node1), bay 2/3 (node1)"));
}

TEST_CASE_METHOD(Rack, "status tells what an administrator should know, and works all the same",
                 "[power]") {
  CHECK(device().status(clock.in(15s)).empty());
  setup.host_map = parse_host_map("node1:4;gone:9").value();
  first.set_object(kBladeCenter.modules.installed, std::string("10"));
  first.set_object(kBladeCenter.power_return.policy, std::int64_t(2));
  const auto warnings = device().status(clock.in(15s));
  REQUIRE(warnings.size() == 4);
  CHECK_THAT(warnings[0], Contains("'host_map' says bay 4 (node2), but bay 3 (node1)"));
  CHECK_THAT(warnings[1], Contains("bay 9, which this chassis does not have"));
  CHECK_THAT(warnings[2], Contains("has no second management module"));
  CHECK_THAT(warnings[3], Contains("on again by the module's own policy"));
}

TEST_CASE_METHOD(Rack, "validate lists what makes a fencing impossible, and nothing else",
                 "[power]") {
  first.set_object(kBladeCenter.modules.installed, std::string("10"));
  CHECK(device().validate(clock.in(15s)).empty());
  setup.host_map = parse_host_map("gone:9").value();
  CHECK(device().validate(clock.in(15s)).size() == 1);
  network.all_dead = true;
  const auto problems = device().validate(clock.in(15s));
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0], Contains("timed out"));
}

TEST_CASE_METHOD(Rack, "an explanation changes nothing", "[power]") {
  const auto* action = GENERATE("off", "on", "reset");
  const auto text = device().explain(action, "node1", clock.in(15s));
  CHECK_THAT(text, Contains("node1: what would be done now") && Contains("bay 3 (node1): on"));
  CHECK(first.commands().empty());
  CHECK_THROWS_WITH(device().explain("status", "node1", deadline), Contains("nothing to explain"));
}

TEST_CASE_METHOD(Rack, "an empty bay counts as off only where the administrator says so",
                 "[power]") {
  first.row(3).exists = 0;
  CHECK_THROWS_WITH(device().off("node1", deadline), Contains("is empty"));
  setup.missing_as_off = true;
  device().off("node1", deadline);
  CHECK(first.commands().empty());
}

}  // namespace
