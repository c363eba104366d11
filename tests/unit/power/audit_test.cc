#include "power/audit.h"

#include "lab.h"

#include <nlohmann/json.hpp>

#include "base/environment.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::power;
using Catch::Matchers::Contains;
using havc::Error;
using havc::Fault;
using nlohmann::json;

struct Lab : havc::test::PowerLab {
  /// The audit of an off, whatever became of it.
  json audited() {
    std::optional<Error> failed;
    try {
      audit.phase("lookup");
      off();
    } catch (const Error& error) {
      failed = error;
    }
    audit.finish(failed ? &*failed : nullptr);
    return json::parse(audit.json());
  }
};

TEST_CASE_METHOD(Lab, "the audit says who did what to which bay, and when", "[power]") {
  node1.lost_commands = 1;
  const json line = audited();
  CHECK(line["audit"] == "power");
  CHECK(line["by"] == havc::host_name());
  CHECK(line["action"] == "off");
  CHECK(line["plug"] == "node1");
  CHECK(line["result"] == "done");
  CHECK_FALSE(line.contains("reason"));
  CHECK(line["ms"] == line["phases"]["off"].get<int>() + line["phases"]["lookup"].get<int>());
  CHECK(line["modules"] == json::array({"a"}));
  REQUIRE(line["bays"].size() == 1);
  const json& bay = line["bays"][0];
  CHECK(bay["chassis"] == 1);
  CHECK(bay["bay"] == 3);
  CHECK(bay["name"] == "node1");
  CHECK(bay["before"] == "on");
  CHECK(bay["after"] == "off");
  REQUIRE(bay["commands"].size() == 2);
  CHECK(bay["commands"][0]["do"] == "off");
  CHECK(bay["commands"][0]["said"] == "accepted");
  CHECK(bay["commands"][0]["after"] == 100);
  CHECK(bay["commands"][1]["at"].get<int>() > 10000);
}

TEST_CASE_METHOD(Lab, "the audit of a failure has its reason", "[power]") {
  node1.refusal = Error(Fault::permission, "refused: noSuchName", "give write access");
  const json line = audited();
  CHECK(line["result"] == "failed");
  CHECK(line["reason"] == "bay 3 (node1): refused: noSuchName; give write access");
  CHECK(line["bays"][0]["after"] == "on");
  CHECK(line["bays"][0]["commands"][0]["said"] == "refused: noSuchName");
}

TEST_CASE_METHOD(Lab, "the audit of a silent module says that its command was not answered",
                 "[power]") {
  chassis.at(1s, [&] { module.dead = true; });
  node1.latency = 100s;
  module.deaf_to_sets = true;
  const json line = audited();
  CHECK(line["result"] == "failed");
  REQUIRE(line["bays"].size() == 1);
  CHECK_THAT(line["bays"][0]["commands"][0]["said"].get<std::string>(), Contains("no answer"));
  CHECK_THAT(line["bays"][0]["after"].get<std::string>(), Contains("no answer"));
}

TEST_CASE_METHOD(Lab, "the audit of a reset has both phases, and what the bays were before",
                 "[power]") {
  CHECK(reset());
  audit.finish(nullptr);
  const json line = json::parse(audit.json());
  CHECK(line["phases"].size() == 3);
  CHECK(line["phases"]["on"].get<int>() > 0);
  CHECK(line["bays"][0]["before"] == "on");
  CHECK(line["bays"][0]["commands"].size() == 2);
}

TEST_CASE_METHOD(Lab, "the audit says that a reset did not come on again", "[power]") {
  node1.state = 0;
  node1.latency = 20s;
  CHECK_FALSE(reset());
  audit.finish(nullptr);
  CHECK_THAT(audit.json(), Contains("not on again: timed out after 10 s"));
}

TEST_CASE_METHOD(Lab, "the audit names every module that was used", "[power]") {
  client.add("b", chassis);
  connect({"a", "b"});
  chassis.at(1s, [&] { module.dead = true; });
  CHECK(audited()["modules"] == json::array({"a then b"}));
}

TEST_CASE_METHOD(Lab, "the audit is one line of ASCII that a datagram holds, whatever is in it",
                 "[power]") {
  Plan plan;
  for (int number = 1; number <= 14; ++number) {
    Bay bay;
    bay.number = number;
    bay.name = std::string(200, 'n') + "\n\"\\\xff";
    bay.uuid = std::string(32, 'a');
    plan.targets.push_back({0, bay});
  }
  audit.targets(plan);
  for (std::size_t target = 0; target < 14; ++target) {
    for (int i = 0; i < 20; ++i)
      audit.answered(target, audit.command(target, "off"), std::string(300, 'x'));
  }
  const Error error(Fault::failed, std::string(3000, 'e'), "do");
  audit.finish(&error);
  const std::string line = audit.json();
  CHECK(line.size() <= 1900);
  CHECK(line.find_first_of("\n\r") == line.npos);
  const json parsed = json::parse(line);
  CHECK(parsed["bays"].size() + parsed["more_bays"].get<std::size_t>() == 14);
  CHECK(parsed["bays"][0]["given"] == 20);
}

TEST_CASE_METHOD(Lab, "only the first end of an action counts", "[power]") {
  const Error error(Fault::failed, "broken");
  audit.finish(&error);
  audit.finish(nullptr);
  CHECK(json::parse(audit.json())["result"] == "failed");
}

}  // namespace
