#include "snmp/oid.h"

#include "support/catch.h"

namespace {

using havc::snmp::Oid;
using havc::snmp::operator""_oid;

constexpr Oid kColumn = ".1.3.6.1.4"_oid;
static_assert(kColumn.ids().size() == 5);

TEST_CASE("an identifier is written as it was read", "[snmp]") {
  CHECK(kColumn.text() == ".1.3.6.1.4");
  CHECK((kColumn / 4294967295U).text() == ".1.3.6.1.4.4294967295");
}

TEST_CASE("a column contains its rows, but not itself nor its neighbours", "[snmp]") {
  CHECK(kColumn.contains(kColumn / 3));
  CHECK_FALSE(kColumn.contains(kColumn));
  CHECK_FALSE(kColumn.contains(".1.3.6.1.5.3"_oid));
  CHECK_FALSE(kColumn.contains(".1.3.6"_oid));
}

TEST_CASE("identifiers have the order in which GETNEXT walks", "[snmp]") {
  CHECK(kColumn < kColumn / 1);
  CHECK(kColumn / 2 < kColumn / 10);
  CHECK(kColumn / 2 / 9 < kColumn / 3);
  CHECK(kColumn / 2 == ".1.3.6.1.4.2"_oid);
}

TEST_CASE("an identifier never grows beyond its room", "[snmp]") {
  Oid oid;
  for (std::uint32_t i = 0; i < 100; ++i) oid = oid / i;
  CHECK(oid.ids().size() == Oid::kMost);
}

}  // namespace
