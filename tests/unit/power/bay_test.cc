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

TEST_CASE("a UUID is known in every spelling that modules and administrators use", "[power]") {
  const std::string bytes("\xd6\x3f\xa2\x94\x1b\xb4\x4a\x12\x9d\x42\x48\xd0\xbe\x6a\x3a\x00", 16);
  const auto [text, expected] = GENERATE_COPY(table<std::string, std::string>({
      {"D63F A294 1BB4 4A12 9D42 48D0 BE6A 3A20 ", "d63fa2941bb44a129d4248d0be6a3a20"},
      {"d63fa294-1bb4-4a12-9d42-48d0be6a3a20", "d63fa2941bb44a129d4248d0be6a3a20"},
      {std::string("D63FA2941BB44A129D4248D0BE6A3A20\0", 33), "d63fa2941bb44a129d4248d0be6a3a20"},
      {bytes, "d63fa2941bb44a129d4248d0be6a3a00"},
      {"00000000-0000-0000-0000-000000000000", ""},
      {"FFFF FFFF FFFF FFFF FFFF FFFF FFFF FFFF", ""},
      {"Not available", ""},
      {"d63fa294-1bb4-4a12-9d42-48d0be6a3a2", ""},
      {"0123456789abcdef", ""},
      {"", ""},
  }));
  CHECK(uuid_of(text) == expected);
}

TEST_CASE("dmidecode's order of a UUID's bytes is the other one's, and back", "[power]") {
  const std::string uuid = "d63fa2941bb44a129d4248d0be6a3a20";
  CHECK(swapped(uuid) == "94a23fd6b41b124a9d4248d0be6a3a20");
  CHECK(swapped(swapped(uuid)) == uuid);
}

TEST_CASE("the UUID is read again with the row, where there was one", "[power]") {
  Bay bay = decoded(std::int64_t(1));
  CHECK(objects(kBladeCenter, bay) == objects(kBladeCenter, 7));
  bay.uuid = "d63fa2941bb44a129d4248d0be6a3a20";
  CHECK(objects(kBladeCenter, bay).at(5).text() == ".1.3.6.1.4.1.2.3.51.2.2.21.4.1.1.8.7");
  CHECK(objects(kFlexSystem, bay).at(5).text() == ".1.3.6.1.4.1.2.3.51.2.2.23.1.1.1.13.1.1.3.3");
}

TEST_CASE("a reading again keeps what is not asked for, and takes the UUID that is there",
          "[power]") {
  Bay bay = decoded(std::int64_t(1));
  bay.chassis = 2;
  bay.uuid = "d63fa2941bb44a129d4248d0be6a3a20";
  bay.serial = "KD123";
  bay.width = 2;
  std::vector<Value> values{std::int64_t(3),      std::int64_t(1),
                            std::int64_t(0),      std::int64_t(1),
                            std::string("node1"), std::string("00112233445566778899aabbccddeeff")};
  const Bay now = decode(kBladeCenter, bay, values);
  CHECK(now.text() == "bay 2/3 (node1)");
  CHECK(now.uuid == "00112233445566778899aabbccddeeff");
  CHECK(now.serial == "KD123");
  CHECK(now.width == 2);
  values.back() = Absent();
  CHECK(decode(kBladeCenter, bay, values).uuid.empty());
}

}  // namespace
