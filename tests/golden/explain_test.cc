// What --explain prints: an administrator decides by it whether to trust a configuration.
#include "power/explain.h"

#include "support/catch.h"
#include "support/golden.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::power;

Bay bay(int number, const std::string& name, Power power, const std::string& word) {
  Bay result;
  result.index = static_cast<std::uint32_t>(number);
  result.number = number;
  result.name = name;
  result.exists = true;
  result.state = {power, word};
  result.health = "good";
  result.uuid = "d63fa2941bb44a129d4248d0be6a3a20";
  result.serial = "KD123AB";
  return result;
}

Scene scene(Action action, std::vector<Bay> bays) {
  Scene result{.kind = &kBladeCenter,
               .action = action,
               .modules = {"10.0.0.1, BladeCenter Advanced Management Module"},
               .plan = {.host = "node1"},
               .policy = {.soft_timeout = 15s},
               .time = 55s,
               .warnings = {}};
  for (auto& one : bays) result.plan.targets.push_back({0, std::move(one)});
  return result;
}

TEST_CASE("explanations of what an action would do", "[golden]") {
  std::string text;
  const auto add = [&](const std::string& title, const Scene& one) {
    text += "--- " + title + "\n" + explain(one);
  };
  add("a host that is on", scene(Action::off, {bay(3, "node1", Power::on, "on")}));
  add("reset, power at once", scene(Action::reset, {bay(3, "node1", Power::on, "on")}));
  add("on", scene(Action::on, {bay(3, "node1", Power::off, "off")}));

  auto off = bay(3, "node1", Power::off, "off");
  off.uuid = off.serial = off.health = "";
  add("off already, and little is known of it", scene(Action::off, {off}));

  auto lost = bay(3, "node1", Power::unknown, "unknown");
  lost.width = 2;
  auto strict = scene(Action::off, {lost});
  strict.policy.verify = Verify::strict;
  strict.kind = &kFlexSystem;
  strict.policy.escalate = Escalate::reseat;
  strict.warnings = {"user 'fence' may only read"};
  add("strict, with a reseat, of a blade without contact", strict);

  auto first = bay(3, "big", Power::on, "on");
  auto second = bay(4, "SN4", Power::on, "on");
  first.chassis = second.chassis = 2;
  auto joined = scene(Action::off, {first, second});
  joined.modules.emplace_back("10.0.0.2, BladeCenter Advanced Management Module");
  joined.plan.host = "big";
  joined.plan.scaled = true;
  joined.plan.systems = {"partition 1 of complex 1 (bays 2/3, 2/4)"};
  joined.plan.notes = {"bay 2/4 (SN4) is one system with bay 2/3 (big)"};
  add("blades that are joined, in the second chassis", joined);

  auto gone = bay(3, "node1", Power::unknown, "no state");
  gone.exists = false;
  gone.empty = true;
  auto missing = scene(Action::off, {gone});
  missing.policy.missing_as_off = true;
  add("an empty bay that counts as off", missing);

  havc::test::check_golden("explain.txt", text);
}

}  // namespace
