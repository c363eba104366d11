// What the fence agents say about themselves: the cluster's tools read it, so a change of it must
// be seen.
#include "fence/manual.h"
#include "fence/metadata.h"
#include "stonith/manual.h"
#include "support/catch.h"
#include "support/golden.h"

namespace {

using namespace havc::fence;

TEST_CASE("the fence agents' metadata", "[golden]") {
  const auto* chassis = GENERATE(&havc::power::kBladeCenter, &havc::power::kFlexSystem);
  havc::test::check_golden(program_name(*chassis) + ".xml", metadata(*chassis));
}

TEST_CASE("the fence agents' usage", "[golden]") {
  const auto* chassis = GENERATE(&havc::power::kBladeCenter, &havc::power::kFlexSystem);
  havc::test::check_golden(program_name(*chassis) + ".usage", usage(*chassis));
}

TEST_CASE("the manual pages of the fencing programs", "[golden]") {
  const auto* chassis = GENERATE(&havc::power::kBladeCenter, &havc::power::kFlexSystem);
  havc::test::check_golden(program_name(*chassis) + ".8", manual(*chassis, "2026-01-31"));
  havc::test::check_golden(std::string(chassis->plugin) + ".8",
                           havc::stonith::manual(*chassis, "2026-01-31"));
}

}  // namespace
