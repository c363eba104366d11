#include "power/bay.h"

#include "support/catch.h"

namespace {

using namespace havc::power;
using havc::snmp::Absent;
using havc::snmp::Other;
using havc::snmp::Value;

Bay decoded(const Value& state) {
  return decode(kBladeCenter, 7,
                {std::int64_t(3), std::int64_t(1), state, std::int64_t(1), std::string("node1")});
}

TEST_CASE("only the number 0 is off", "[power]") {
  const auto [value, power, word] = GENERATE(table<Value, Power, std::string>({
      {std::int64_t(0), Power::off, "off"},
      {std::int64_t(1), Power::on, "on"},
      {std::int64_t(2), Power::unknown, "state 2"},
      {std::int64_t(3), Power::asleep, "standby"},
      {std::int64_t(4), Power::asleep, "hibernate"},
      {std::int64_t(255), Power::unknown, "unknown"},
      {std::int64_t(256), Power::unknown, "state 256"},
      {std::int64_t(-1), Power::unknown, "state -1"},
      {std::int64_t(1) << 32, Power::unknown, "state 4294967296"},
      {std::string("0"), Power::unknown, "no state"},
      {Absent(), Power::unknown, "no state"},
      {Other{5}, Power::unknown, "no state"},
  }));
  const auto bay = decoded(value);
  CHECK(bay.state.power == power);
  CHECK(bay.state.word == word);
}

TEST_CASE("no code of either chassis but 0 is off", "[power]") {
  const auto* chassis = GENERATE(&kBladeCenter, &kFlexSystem);
  for (const auto& row : chassis->states) CHECK((row.power == Power::off) == (row.code == 0));
}

TEST_CASE("a bay is present only when the module says 1", "[power]") {
  const auto [value, exists] = GENERATE(table<Value, bool>({{std::int64_t(1), true},
                                                            {std::int64_t(0), false},
                                                            {std::int64_t(2), false},
                                                            {Absent(), false},
                                                            {std::string("1"), false}}));
  CHECK(decode(kBladeCenter, 1, {std::int64_t(1), value, Absent(), Absent(), Absent()}).exists ==
        exists);
}

TEST_CASE("the row and the number of a bay are different things", "[power]") {
  const auto bay = decoded(std::int64_t(1));
  CHECK(bay.index == 7);
  CHECK(bay.number == 3);
  CHECK(bay.text() == "bay 3 (node1)");
  CHECK(objects(kBladeCenter, 7).at(2).text() == ".1.3.6.1.4.1.2.3.51.2.22.1.6.1.1.4.7");
}

TEST_CASE("a health that the table does not know keeps its number", "[power]") {
  const auto bay =
      decode(kFlexSystem, 1, {Absent(), Absent(), Absent(), std::int64_t(20), Absent()});
  CHECK(bay.health == "health 20");
  CHECK(bay.number == 0);
}

}  // namespace
