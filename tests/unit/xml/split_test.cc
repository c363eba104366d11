#include "xml/split.h"

#include "base/error.h"
#include "support/catch.h"

namespace {

using namespace havc::xml;

TEST_CASE("the last child of the root is taken out as text", "[xml]") {
  const std::string text = "<cib><a b='1'/><status>\n <n i='1'/><n/>\n</status>\n</cib>\n";
  const Split split = parse_split(text, "status", "t.xml", 0);
  CHECK(split.part == "<status>\n <n i='1'/><n/>\n</status>");
  CHECK(split.document.root().markup() == "<cib><a b=\"1\"/><status/>\n</cib>");
}

TEST_CASE("what is not surely the last child is left in", "[xml]") {
  const std::string text = GENERATE(
      as<std::string>(), "<cib><a/></cib>", "<cib><status/></cib>",
      "<cib><status x='1'>t</status></cib>", "<cib><status><n/></status><a/></cib>",
      "<cib><!-- <status><n/></status> --></cib>", "<cib><a><status><n/></status></a></cib>",
      "<cib><status><n/></status></cib><!-- </cib> -->",
      "<cib><status><n/><!-- <status> --></status></cib>", "<status><n/></status>",
      "<cib><a><![CDATA[<status>]]></a></cib>");
  const Split split = parse_split(text, "status", "t.xml", 0);
  CHECK(split.part.empty());
  CHECK(split.document.root().markup() == Document::parse(text, "t.xml").root().markup());
}

TEST_CASE("what is no XML is refused as a whole", "[xml]") {
  CHECK_THROWS_AS(parse_split("<cib><a><status></status></cib>", "status", "t.xml", 0),
                  havc::Error);
  CHECK_THROWS_AS(parse_split("<!DOCTYPE cib><cib><status></status></cib>", "status", "t.xml", 0),
                  havc::Error);
}

std::string seen(const std::string& text) {
  std::string all;
  each_child(text, "n", "t.xml", [&](const Element& each) { all += each.markup() + ";"; });
  return all;
}

TEST_CASE("the children of the root are read one by one", "[xml]") {
  CHECK(seen("<status>\n <n i='1'><n/></n><m/>text<!-- <n/> --><n><o>x</o></n></status>") ==
        "<n i=\"1\"><n/></n>;<n><o>x</o></n>;");
  CHECK(seen("<status/>").empty());
}

TEST_CASE("a text that ends too early is not taken for the whole", "[xml]") {
  CHECK_THROWS_AS(seen("<status><n/><n>"), havc::Error);
  CHECK_THROWS_AS(seen("<status><n/></m></status>"), havc::Error);
  CHECK_THROWS_AS(seen("<status><n/><n></o></n></status>"), havc::Error);
}

}  // namespace
