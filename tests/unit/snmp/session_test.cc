#include "snmp/session.h"

#include "support/catch.h"
#include "support/fake_chassis.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::snmp;
using havc::test::FakeChassis;
using havc::test::FakeClock;

const auto& kColumns = havc::power::kBladeCenter.columns;

struct Table {
  FakeClock clock;
  FakeChassis chassis{clock};

  std::vector<Row> read() { return rows(chassis, {kColumns.bay, kColumns.name}, clock.in(20s)); }
};

TEST_CASE_METHOD(Table, "session: a full chassis is read in a packet a row and one for the end", "[snmp]") {
  for (int i = 1; i <= 14; ++i) chassis.add(static_cast<std::uint32_t>(i), {.number = i});
  const auto found = read();
  REQUIRE(found.size() == 14);
  for (std::uint32_t i = 0; i < 14; ++i) CHECK(found[i].index == i + 1);
  CHECK(chassis.packets() == 15);
  CHECK(clock.elapsed() == 400ms);  // four round trips, because four stripes are read at once
}

TEST_CASE_METHOD(Table, "session: rows may have any numbers, in any distance", "[snmp]") {
  for (const std::uint32_t index : {0U, 3U, 12U, 13U, 4000000000U})
    chassis.add(index, {.number = 1});
  std::vector<std::uint32_t> indices;
  for (const auto& row : read()) indices.push_back(row.index);
  CHECK(indices == std::vector<std::uint32_t>{0, 3, 12, 13, 4000000000U});
}

TEST_CASE_METHOD(Table, "session: an object that a row lacks is absent in it", "[snmp]") {
  chassis.add(2, {.number = 2, .name = "two"});
  chassis.set_object(kColumns.bay / 1, std::int64_t(1));
  const auto found = read();
  REQUIRE(found.size() == 2);
  CHECK(number(found[0].values[0]) == 1);
  CHECK(found[0].values[1] == Value(Absent()));
  CHECK(text(found[1].values[1]) == "two");
}

TEST_CASE_METHOD(Table, "session: an empty table has no rows", "[snmp]") {
  CHECK(read().empty());
}

TEST_CASE_METHOD(Table, "session: a module that is silent ends the walk at the deadline", "[snmp]") {
  chassis.dead = true;
  CHECK_THROWS_WITH(read(), Catch::Matchers::StartsWith("timed out"));
  CHECK(clock.elapsed() == 20s);
}

/// Answers every GETNEXT with the same row.
class Standing : public Session {
 public:
  std::vector<Reply> exchange(const std::vector<Request>& requests,
                              havc::Deadline /*deadline*/) override {
    ++exchanges;
    std::vector<Reply> replies;
    for (const auto& request : requests) {
      Reply reply;
      for (const auto& oid : request.oids) {
        reply.bindings.push_back(
            {Oid(oid.ids().first(kColumns.bay.ids().size())) / 2, std::int64_t(1)});
      }
      replies.push_back(std::move(reply));
    }
    return replies;
  }
  std::string peer() const override { return "standing"; }

  int exchanges = 0;
};

TEST_CASE("session: an agent that does not go forward is an error, not a loop", "[snmp]") {
  FakeClock clock;
  Standing agent;
  CHECK_THROWS_WITH(rows(agent, {kColumns.bay}, clock.in(1s)),
                    Catch::Matchers::Contains("do not go forward"));
  CHECK(agent.exchanges <= 2);
}

TEST_CASE("session: a text that looks like a number is not one, and a name ends at its NUL", "[snmp]") {
  CHECK_FALSE(number(Value("0")));
  CHECK_FALSE(number(Value(Absent())));
  CHECK_FALSE(number(Value(Other{5})));
  CHECK(number(Value(std::int64_t(0))) == 0);
  CHECK(text(Value(std::string("node1\0\0", 7))) == "node1");
  CHECK(text(Value(std::int64_t(1))).empty());
}

}  // namespace
