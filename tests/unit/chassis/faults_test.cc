#include "chassis/faults.h"

#include "base/error.h"
#include "chassis/packet.h"
#include "chassis/scenarios.h"
#include "support/catch.h"

using namespace havc::chassis;
using namespace std::chrono_literals;

namespace {

const havc::Instant kStart{1h};

// GetRequest of SNMPv1, community "c", request id 0x1234 at byte 14.
const std::string kV1("\x30\x1a\x02\x01\x00\x04\x01\x63\xa0\x12\x02\x02\x12\x34\x02\x01\x00", 17);
// The beginning of an SNMPv3 message with id 0x01020304.
const std::string kV3("\x30\x81\x40\x02\x01\x03\x30\x0e\x02\x04\x01\x02\x03\x04\x02\x02\x05\xdc",
                      18);

Packet request(const std::string& data = kV1) {
  return {Direction::request, 1, data, false};
}
Packet answer(const std::string& data = kV1) {
  return {Direction::answer, 1, data, false};
}

Faults with(const std::vector<std::string>& rules, std::uint64_t seed = 1) {
  Faults faults(seed);
  for (const auto& rule : rules) faults.add(rule, kStart);
  return faults;
}

std::vector<std::string> passed(Faults& faults, const std::vector<std::string>& sent,
                                havc::Instant now = kStart) {
  std::vector<std::string> data;
  for (const auto& each : sent) faults.enter(request(each), now);
  for (const auto& packet : faults.take_due(now)) data.push_back(packet.data);
  return data;
}

}  // namespace

TEST_CASE("packets pass unharmed and in order without rules", "[chassis]") {
  Faults faults = with({});
  CHECK(passed(faults, {"a", "b"}) == std::vector<std::string>{"a", "b"});
  CHECK(faults.next_event() == std::nullopt);
}

TEST_CASE("count, skip and direction say which packets are lost", "[chassis]") {
  Faults faults = with({"drop dir=requests skip=1 count=2"});
  faults.enter(answer("z"), kStart);
  CHECK(faults.take_due(kStart).size() == 1);
  CHECK(passed(faults, {"a", "b", "c", "d"}) == std::vector<std::string>{"a", "d"});
  CHECK_THAT(faults.dump(), Catch::Contains("fault hits=2 drop") &&
                                Catch::Contains("requests=4 passed=2 answers=1 returned=1"));
}

TEST_CASE("a rule may end after a time", "[chassis]") {
  Faults faults = with({GENERATE("drop for=1000", "blackout ms=1000")});
  CHECK(passed(faults, {"a"}, kStart + 999ms).empty());
  CHECK(passed(faults, {"a"}, kStart + 1000ms).size() == 1);
}

TEST_CASE("chance strikes about as often as told, and the same with the same seed", "[chassis]") {
  std::vector<std::string> sent(1000, "x");
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] += std::to_string(i);
  Faults one = with({"drop chance=30"}, 5);
  Faults same = with({"drop chance=30"}, 5);
  Faults other = with({"drop chance=30"}, 6);
  const auto left = passed(one, sent);
  CHECK(left.size() > 620);
  CHECK(left.size() < 780);
  CHECK(passed(same, sent) == left);
  CHECK(passed(other, sent) != left);
}

TEST_CASE("a delayed packet leaves when it is due", "[chassis]") {
  const auto [rule, wait] = GENERATE(
      table<std::string, std::chrono::milliseconds>({{"delay ms=50", 50ms}, {"late", 5000ms}}));
  Faults faults = with({rule});
  CHECK(passed(faults, {"a"}).empty());
  CHECK(faults.next_event() == kStart + wait);
  CHECK(faults.take_due(kStart + wait - 1ms).empty());
  CHECK(faults.take_due(kStart + wait).size() == 1);
}

TEST_CASE("a duplicated packet comes as often as told", "[chassis]") {
  Faults faults = with({"duplicate copies=2 ms=10"});
  CHECK(passed(faults, {"a"}).size() == 1);
  CHECK(faults.take_due(kStart + 20ms).size() == 2);
}

TEST_CASE("a reordered packet is overtaken by the next, or comes late alone", "[chassis]") {
  Faults faults = with({"reorder count=1"});
  CHECK(passed(faults, {"a", "b", "c"}) == std::vector<std::string>{"b", "a", "c"});
  Faults alone = with({"reorder count=1 ms=70"});
  CHECK(passed(alone, {"a"}).empty());
  CHECK(alone.take_due(kStart + 70ms).size() == 1);
}

TEST_CASE("a truncated packet is shorter", "[chassis]") {
  const auto [rule, most] =
      GENERATE(table<std::string, std::size_t>({{"truncate bytes=5", 5}, {"truncate", 16}}));
  Faults faults = with({rule});
  const auto left = passed(faults, {kV1});
  REQUIRE(left.size() == 1);
  CHECK(left[0].size() <= most);
  CHECK(kV1.starts_with(left[0]));
}

TEST_CASE("a corrupted packet differs in its id alone", "[chassis]") {
  const auto [packet, place] = GENERATE(table<std::string, std::size_t>({{kV1, 13}, {kV3, 13}}));
  CHECK(place_of_id(packet) == place);
  Faults faults = with({"corrupt"});
  auto left = passed(faults, {packet});
  REQUIRE(left.size() == 1);
  CHECK(left[0] != packet);
  left[0][place] = packet[place];
  CHECK(left[0] == packet);
}

TEST_CASE("what is no SNMP has no id", "[chassis]") {
  const std::string packet = GENERATE("", "\x30", "hello world", "\x30\x82", "\x30\x05\x02\x7f\x01",
                                      "\x30\x84\xff\xff\xff\xff");
  CHECK(place_of_id(packet) == std::nullopt);
  CHECK(place_of_id(kV1.substr(0, 12)) == std::nullopt);
}

TEST_CASE("only answers come from another port", "[chassis]") {
  Faults faults = with({"misport"});
  faults.enter(request(), kStart);
  faults.enter(answer(), kStart);
  const auto due = faults.take_due(kStart);
  REQUIRE(due.size() == 2);
  CHECK_FALSE(due[0].other_port);
  CHECK(due[1].other_port);
}

TEST_CASE("a fault that makes no sense is refused", "[chassis]") {
  const std::string rule = GENERATE("fly", "drop now", "drop dir=up", "drop chance=101",
                                    "drop bytes=3", "delay ms=x", "truncate copies=1", "");
  Faults faults(1);
  CHECK_THROWS_AS(faults.add(rule, kStart), havc::Error);
}

TEST_CASE("the rules of the proxy's scenarios are understood", "[chassis]") {
  for (const Scenario& scenario : scenarios()) {
    if (scenario.stage != Stage::proxy) continue;
    for (const std::string& line : lines_of(scenario)) {
      if (!Faults::is_rule(line.substr(0, line.find(' ')))) continue;
      Faults faults(1);
      CHECK_NOTHROW(faults.add(line, kStart));
    }
  }
}
