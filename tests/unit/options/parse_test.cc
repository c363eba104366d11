#include "options/parse.h"

#include "support/catch.h"

namespace {

enum class Colour { red, green };

}  // namespace

template <>
struct havc::options::Text<Colour> : havc::options::SelectText<Colour, 2> {
  static constexpr Words kWords{"red", "green"};
  static constexpr std::string_view kExpected = "a colour";
  static std::optional<Colour> parse(std::string_view text) { return find(kWords, text); }
};

namespace {

using namespace havc::options;
using havc::Environment;

struct Sample {
  AbsolutePath config;
  bool force = false;
  Colour colour = Colour::red;
  int count = 0;
};

constexpr std::array kTable{
    parameter<&Sample::config>(
        {.name = "config", .shortdesc = "s", .longdesc = "l", .need = Need::required, .kind = Kind::identity}),
    parameter<&Sample::force>({.name = "force", .shortdesc = "s", .longdesc = "l", .fallback = "0", .aliases = "hard now"}),
    parameter<&Sample::colour>({.name = "colour", .shortdesc = "s", .longdesc = "l", .fallback = "green"}),
    parameter<&Sample::count>({.name = "count", .shortdesc = "s", .longdesc = "l", .fallback = "7"}),
};
static_assert(well_formed(kTable));

Parsed<Sample> parsed(Environment::Values values) { return parse<Sample>(kTable, Environment(std::move(values)), "P_"); }

TEST_CASE("values, aliases and defaults arrive in the struct", "[options]") {
  const auto result = parsed({{"P_config", "/a"}, {"P_now", "yes"}, {"P_count", ""}});
  CHECK(result.problems.empty());
  CHECK(result.options.config.text == "/a");
  CHECK(result.options.force);
  CHECK(result.options.colour == Colour::green);
  CHECK(result.options.count == 7);
}

TEST_CASE("every problem is collected, and bad rows have their default", "[options]") {
  const auto result = parsed({{"P_force", "perhaps"}, {"P_colour", "blue"}, {"P_count", "-1"}});
  REQUIRE(result.problems.size() == 4);
  CHECK(result.problems[0].text == "required parameter 'config' is not set");
  CHECK(result.problems[0].kind == Kind::identity);
  CHECK(result.problems[2].text == "parameter 'colour' is 'blue', not one of red green");
  CHECK(result.options.colour == Colour::green);
  CHECK(result.options.count == 7);
  CHECK_THROWS_WITH(refuse(result.problems), Catch::Matchers::Contains("(and 3 more)"));
}

TEST_CASE("a relative or climbing path is refused", "[options]") {
  CHECK(parsed({{"P_config", "vm.xml"}}).problems.size() == 1);
  CHECK(parsed({{"P_config", "/a/../b"}}).problems.size() == 1);
  CHECK(parsed({{"P_config", "/a\nb"}}).problems.size() == 1);
}

TEST_CASE("an unknown name is reported with the nearest one", "[options]") {
  const Environment source({{"P_confg", "/a"}, {"P_CRM_meta_timeout", "1"}, {"OTHER", "x"}});
  const auto warnings = unknown_names(rows_of(kTable), source, "P_", {"CRM_meta_"});
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] == "unknown parameter 'confg' is ignored; did you mean 'config'?");
}

}  // namespace

TEST_CASE("a refused value shows no password", "[options]") {
  const auto result = parsed({{"P_colour", "smtp://me:pass@relay"}});
  REQUIRE(result.problems.size() == 2);
  CHECK(result.problems[1].text == "parameter 'colour' is 'smtp://me:(hidden)@relay', not one of red green");
}
