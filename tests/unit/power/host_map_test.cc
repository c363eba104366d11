#include "power/host_map.h"

#include "base/error.h"
#include "support/catch.h"

namespace {

using namespace havc::power;
using Catch::Matchers::Contains;

Bay bay(int number, const std::string& name, bool exists = true) {
  Bay result;
  result.index = static_cast<std::uint32_t>(number);
  result.number = number;
  result.name = name;
  result.exists = exists;
  return result;
}

HostMap map_of(std::string_view text) {
  return parse_host_map(text).value();
}

TEST_CASE("a map is refused as a whole when part of it is odd", "[power]") {
  const auto* text =
      GENERATE("node1", "node1:", ":3", "node1:0", "node1:x", "node1:3,", "a:1;A:2", "a:1;b:1",
               "a:1,1", "a:1/1;b:1/1", "a:/1", "a:1/", "a:0/1", "a:1/2/3", "a:-1", "a:1000");
  CAPTURE(text);
  const auto map = parse_host_map(text);
  // A trailing comma is harmless; all else is not.
  CHECK(map.has_value() == (std::string(text) == "node1:3,"));
}

TEST_CASE("labels are what HAVC-II printed, and safe in a list", "[power]") {
  const auto [name, expected] = GENERATE(table<std::string, std::string>({
      {" node1 (old one)", "node1"},
      {"my blade", "my_blade"},
      {"a,b;c\td\xc3\xa4", "a_b_c_d__"},
      {"(none)", ""},
      {"", ""},
  }));
  CHECK(label(bay(1, name)) == expected);
}

TEST_CASE("hosts are the map's and the other labels, each once, without empty bays", "[power]") {
  const std::vector<Bay> all{bay(1, "b1"),          bay(2, "b2"), bay(3, "b2"),
                             bay(4, "gone", false), bay(5, ""),   bay(6, "x")};
  using Names = std::vector<std::string>;
  CHECK(hosts(all, {}) == Names{"b1", "b2", "x"});
  CHECK(hosts(all, map_of("node6:6;node9:9;B1:1")) == Names{"node6", "B1", "b2"});
}

TEST_CASE("a map tells chassis and bay with several chassis, and the bay alone with one",
          "[power]") {
  CHECK_NOTHROW(check(map_of("a:3;b:1/4"), 1));
  CHECK_NOTHROW(check(map_of("a:1/3;b:2/3,2/4"), 2));
  CHECK_THROWS_WITH(check(map_of("a:3"), 2), Contains("not of which of the 2 chassis"));
  CHECK_THROWS_WITH(check(map_of("a:2/3"), 1), Contains("the address is of 1 chassis"));
  CHECK_THROWS_WITH(check(map_of("a:3;b:1/3"), 1), Contains("'b' bay 1/3, which has been given"));
}

TEST_CASE("a name that several hosts of the map have but for their domains is refused",
          "[power]") {
  const auto map = map_of("n.a.org:3;n.b.org:4;m.a.org:5");
  CHECK(map.of_host("N.b.org") == &map.entries[1]);
  CHECK(map.of_host("m") == &map.entries[2]);
  CHECK(map.of_host("n.c.org") == nullptr);
  CHECK_THROWS_WITH(map.of_host("n"), Contains("'n.a.org' or 'n.b.org'"));
}

}  // namespace
