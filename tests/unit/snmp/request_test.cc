#include "snmp/request.h"

#include "support/catch.h"

namespace {

using namespace havc::snmp;

TEST_CASE("a text that looks like a number is not one, and a name ends at its NUL", "[snmp]") {
  CHECK_FALSE(number(Value("0")));
  CHECK_FALSE(number(Value(Absent())));
  CHECK_FALSE(number(Value(Other{5})));
  CHECK(number(Value(std::int64_t(0))) == 0);
  CHECK(text(Value(std::string("node1\0\0", 7))) == "node1");
  CHECK(text(Value(std::int64_t(1))).empty());
}

}  // namespace
