#include "base/error.h"
#include "inventory/setting.h"
#include "support/catch.h"

namespace {

using namespace havc::inventory;
using Catch::Matchers::Contains;

std::string repeated(const std::string& text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

TEST_CASE("values keep their kind and their line", "[inventory]") {
  const Setting table = parse_toml("a = 'x'\n\n[b]\nc = 5\nd = [true, 1.5]\n", "f.toml");
  REQUIRE(table.items.size() == 2);
  CHECK(table.items[0].kind == Setting::Kind::text);
  CHECK(table.items[0].text == "x");
  CHECK(table.items[0].line == 1);
  const Setting& b = table.items[1];
  CHECK(b.line == 3);
  CHECK(b.items[0].kind == Setting::Kind::integer);
  CHECK(b.items[0].text == "5");
  CHECK(b.items[0].line == 4);
  CHECK(b.items[1].items[0].kind == Setting::Kind::boolean);
  CHECK(b.items[1].items[1].kind == Setting::Kind::other);
}

TEST_CASE("what is not TOML is refused with its line", "[inventory]") {
  const auto [text, reason] = GENERATE(table<std::string, std::string>({
      {"a = 1\nb = \n", "f.toml:2: this is not TOML"},
      {"a = 1\na = 2\n", "f.toml:2: this is not TOML"},
      {"a = 'x\xff'\n", "f.toml:1: this is not TOML"},
      {std::string("a = 'x\0'\n", 9), "f.toml:1: this is not TOML"},
      {"name: WEB-01\n", "f.toml:1: this is not TOML"},
  }));
  CAPTURE(text);
  CHECK_THROWS_WITH(parse_toml(text, "f.toml"), Contains(reason) && Contains("correct the line"));
}

TEST_CASE("what is nested without end is refused before it costs anything", "[inventory]") {
  constexpr int kMany = 20000;
  const auto text = GENERATE_COPY(
      as<std::string>(), "a = " + repeated("[", kMany),
      "a = " + repeated("[", kMany) + repeated("]", kMany), "a = " + repeated("{a = ", kMany / 2),
      repeated("a.", kMany) + "b = 1", "[" + repeated("a.", kMany) + "b]",
      "[[" + repeated("a.", kMany) + "b]]", repeated("a.", 3000) + "b = 1",
      "a = " + repeated("[", 100) + repeated("]", 100),
      "a = " + repeated("{b.c = ", 100) + "1" + repeated("}", 100));
  CAPTURE(text.size());
  CHECK_THROWS_AS(parse_toml(text, "f.toml"), havc::Error);
}

TEST_CASE("as many keys as a file holds are read", "[inventory]") {
  std::string text;
  constexpr int kMany = 5000;
  for (int i = 0; i < kMany; ++i) text += "k" + std::to_string(i) + " = 1\n";
  CHECK(parse_toml(text, "f.toml").items.size() == kMany);
}

}  // namespace
