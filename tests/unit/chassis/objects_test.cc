#include "chassis/objects.h"

#include "base/error.h"
#include "chassis/controls.h"
#include "support/catch.h"

using namespace havc::chassis;

namespace {

const havc::Instant kStart{std::chrono::hours(1)};

Chassis two_blades() {
  Chassis chassis(4, false);
  for (const int bay : {1, 2}) {
    for (const auto& assignment :
         {std::string("exists=1"), std::string("state=on"), "label=node" + std::to_string(bay)})
      chassis.set(bay, assignment, kStart);
  }
  return chassis;
}

ObjectId id(std::initializer_list<std::uint32_t> tail) {
  ObjectId id{1, 3, 6, 1, 4, 1, 2, 3, 51, 2};
  id.insert(id.end(), tail);
  return id;
}

Module with(const std::vector<std::string>& assignments) {
  Module module;
  for (const auto& assignment : assignments) configure(module, assignment);
  return module;
}

}  // namespace

TEST_CASE("the objects of a bay follow its state in both tables, with rows for empty bays",
          "[chassis]") {
  Chassis chassis = two_blades();
  for (const char* assignment : {"state=255", "nul=1"}) chassis.set(1, assignment, kStart);
  const Objects shown = objects(Module{}, {}, chassis);
  CHECK(shown.at(id({22, 1, 6, 1, 1, 4, 1})).value == Value(255));
  CHECK(shown.at(id({22, 1, 5, 1, 1, 4, 1})).value == Value(255));
  CHECK(shown.at(id({22, 1, 6, 1, 1, 6, 1})).value == Value(std::string("node1\0", 6)));
  CHECK(shown.at(id({22, 1, 6, 1, 1, 3, 3})).value == Value(0));
  CHECK(shown.at(id({22, 1, 6, 1, 1, 4, 2})).bay == 2);
}

TEST_CASE("the second table may differ, and the state may have a wrong type", "[chassis]") {
  Chassis chassis = two_blades();
  for (const char* assignment : {"state=0", "second=on"}) chassis.set(1, assignment, kStart);
  const auto [type, value] = GENERATE(table<std::string, Value>(
      {{"type=integer", 0}, {"type=string", std::string("0")}, {"type=gauge", Unsigned{0}}}));
  chassis.set(1, type, kStart);
  const Objects shown = objects(Module{}, {}, chassis);
  CHECK(shown.at(id({22, 1, 6, 1, 1, 4, 1})).value == value);
  CHECK(shown.at(id({22, 1, 5, 1, 1, 4, 1})).value != shown.at(id({22, 1, 6, 1, 1, 4, 1})).value);
}

TEST_CASE("rows may have other indices than their bays have numbers", "[chassis]") {
  const Chassis chassis = two_blades();
  const Module module = with({"shift=100"});
  const Objects shown = objects(module, {}, chassis);
  CHECK(shown.count(id({22, 1, 6, 1, 1, 2, 1})) == 0);
  CHECK(shown.at(id({22, 1, 6, 1, 1, 2, 101})).value == Value(1));
  CHECK(control(id({22, 1, 6, 1, 1, 7, 101}), module, chassis)->bay == 1);
}

TEST_CASE("each face has its own name, type and tables", "[chassis]") {
  const auto [face, name, type] = GENERATE(table<std::string, std::string, int>({
      {"amm", "BladeCenter Advanced Management Module", 97},
      {"mm", "BladeCenter Management Module", 0},
      {"cmm", "IBM Flex Chassis Management Module", 101},
      {"lenovo", "Lenovo Flex Chassis Management Module", 101},
  }));
  const Objects shown = objects(with({"face=" + face}), {}, two_blades());
  const bool flex = type == 101;
  CHECK(shown.at({1, 3, 6, 1, 2, 1, 1, 1, 0}).value == Value(name));
  CHECK(shown.count(id({22, 4, 38, 0})) == (type == 0 ? 0 : 1));
  if (type != 0) CHECK(shown.at(id({22, 4, 38, 0})).value == Value(type));
  CHECK(shown.count(id({2, 23, 1, 1, 1, 13, 1, 1, 3, 1})) == (flex ? 1 : 0));
  CHECK(shown.count(id({22, 1, 4, 2, 7, 0})) == (flex ? 0 : 1));  // bladePolicyAutoPowerOn
  CHECK(shown.count(id({22, 1, 7, 1, 1, 9, 1})) ==
        (flex ? 1 : 0));  // configurationBladeAutoPowerOn
}

TEST_CASE("a standby module says who is active", "[chassis]") {
  const Objects shown =
      objects(with({"redundant=1", "bay=2", "address1=10.0.0.1"}), {}, two_blades());
  CHECK(shown.at(id({22, 4, 34, 0})).value == Value(1));
  CHECK(shown.at(id({22, 4, 30, 0})).value == Value(std::string("11")));
  CHECK(shown.at(id({22, 5, 1, 1, 4, 1})).value == Value(1));
  CHECK(shown.at(id({22, 5, 1, 1, 4, 2})).value == Value(0));
  CHECK(shown.at(id({22, 5, 1, 1, 3, 1})).value == Value(Address{10, 0, 0, 1}));
}

TEST_CASE("view types tell who may write", "[chassis]") {
  const Grants grants{{{"secret", true}, {"look", false}}, {{"admin", true, 3, 4}}};
  const auto [sets, view] =
      GENERATE(table<std::string, int>({{"sets=role", 2}, {"sets=refuse", 1}}));
  const Objects shown = objects(with({sets}), grants, two_blades());
  CHECK(shown.at(id({4, 9, 3, 1, 4, 1, 1, 6, 1})).value == Value(view));
  CHECK(shown.at(id({4, 9, 3, 1, 4, 1, 1, 6, 2})).value == Value(1));
  CHECK(shown.at(id({4, 9, 3, 1, 9, 1, 1, 8, 1})).value == Value(view));
  CHECK(shown.at(id({4, 1, 4, 1, 1, 2, 1})).value == Value(std::string("admin")));
}

TEST_CASE("a BladeCenter shows a partition in its scaling tables", "[chassis]") {
  Chassis chassis = two_blades();
  chassis.partition({{2, 1}});
  chassis.set(1, "state=0", kStart);
  const Objects shown = objects(Module{}, {}, chassis);
  CHECK(shown.at(id({24, 3, 1, 5, 2})).value == Value(1));   // primary
  CHECK(shown.at(id({24, 3, 1, 5, 1})).value == Value(2));   // secondary
  CHECK(shown.at(id({24, 3, 1, 6, 1})).value == Value(1));   // powered off
  CHECK(shown.at(id({24, 3, 1, 6, 2})).value == Value(2));   // powered on
  CHECK(shown.at(id({24, 3, 1, 10, 1})).value == Value(1));  // complex
  CHECK(shown.at(id({24, 3, 1, 11, 1})).value == Value(1));  // partition
  CHECK(shown.at(id({24, 2, 1, 5, 1, 1})).value == Value(2));
  CHECK(shown.count(id({24, 3, 1, 5, 3})) == 0);
}

TEST_CASE("a scaled blade without a partition is unassigned and has a command of its own",
          "[chassis]") {
  Chassis chassis = two_blades();
  chassis.partition({{1}});
  CHECK(objects(Module{}, {}, chassis).at(id({24, 3, 1, 5, 1})).value == Value(255));
  const auto node = control(id({24, 3, 1, 14, 1}), Module{}, chassis);
  REQUIRE(node.has_value());
  CHECK(command_of(*node, 1) == Command::off);
  CHECK(command_of(*node, 2) == Command::on);
}

TEST_CASE("a Flex System shows scaled nodes by topology path and has no partition table",
          "[chassis]") {
  Chassis chassis = two_blades();
  chassis.partition({{1, 2}});
  const Objects shown = objects(with({"face=cmm"}), {}, chassis);
  CHECK(shown.at(id({24, 1, 1, 2, 1, 1, 3, 2})).value == Value(1));
  CHECK(shown.at(id({24, 1, 1, 5, 1, 1, 3, 2})).value == Value(1));
  CHECK(shown.lower_bound(id({24, 2})) == shown.end());
}

TEST_CASE("columns that command take the values that their own MIB defines", "[chassis]") {
  Chassis chassis = two_blades();
  chassis.partition({{1, 2}});
  const auto [face, object, value, command] =
      GENERATE(table<std::string, ObjectId, int, std::optional<Command>>({
          {"amm", id({22, 1, 6, 1, 1, 7, 1}), 0, Command::off},
          {"amm", id({22, 1, 6, 1, 1, 7, 1}), 1, Command::on},
          {"amm", id({22, 1, 6, 1, 1, 7, 1}), 2, Command::soft_off},
          {"amm", id({22, 1, 6, 1, 1, 8, 1}), 1, Command::restart},
          {"amm", id({24, 2, 1, 6, 1, 1}), 3, Command::off},
          {"cmm", id({22, 31, 1, 1, 4, 1, 1, 3, 1}), 1, Command::off},
          {"cmm", id({22, 31, 1, 1, 4, 1, 1, 3, 1}), 0, std::nullopt},
          {"cmm", id({22, 38, 1, 1, 4, 1, 1, 3, 1}), 1, Command::reseat},
      }));
  const auto found = control(object, with({"face=" + face}), chassis);
  REQUIRE(found.has_value());
  CHECK(found->bay == 1);
  CHECK(defined(*found, value));
  CHECK(command_of(*found, value) == command);
  CHECK_FALSE(defined(*found, 9));
}

TEST_CASE("states are not writable, nor what another face has", "[chassis]") {
  const Chassis chassis = two_blades();
  const ObjectId object = GENERATE(id({22, 1, 6, 1, 1, 4, 1}), id({22, 38, 1, 1, 4, 1, 1, 3, 1}),
                                   id({24, 2, 1, 6, 1, 1}), id({22, 1, 6, 1, 1, 7, 5}));
  CHECK_FALSE(control(object, Module{}, chassis).has_value());
}

TEST_CASE("a module's settings that make no sense are refused and change nothing", "[chassis]") {
  const std::string assignment =
      GENERATE("face=hp", "bay=3", "active=", "address1=here", "sets=maybe", "shift=-1", "x=1", "");
  Module module;
  CHECK_THROWS_AS(configure(module, assignment), havc::Error);
  CHECK(module.face == Face::amm);
}
