// The rules of lint and health as they are told.
#include "health/health.h"
#include "health/lint.h"
#include "support/catch.h"
#include "support/golden.h"

TEST_CASE("the rules are told as they are", "[health]") {
  havc::test::check_golden("health/rules.md", havc::health::manual_of(havc::health::lint_rules()));
}

TEST_CASE("the rules of health are told as they are", "[health]") {
  havc::test::check_golden("health/health_rules.md",
                           havc::health::manual_of(havc::health::health_rules()));
}
