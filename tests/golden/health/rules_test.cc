// The rules of lint as they are told.
#include "health/lint.h"
#include "support/catch.h"
#include "support/golden.h"

TEST_CASE("the rules are told as they are", "[health]") {
  havc::test::check_golden("health/rules.md", havc::health::manual_of(havc::health::lint_rules()));
}
