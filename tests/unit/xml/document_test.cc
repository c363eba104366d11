#include "xml/document.h"

#include "base/error.h"
#include "support/catch.h"
#include "xml/writer.h"

using havc::Error;
using havc::xml::Document;
using Catch::Matchers::Contains;

TEST_CASE("elements, attributes and text are found", "[xml]") {
  const auto document = Document::parse("<a x='1 &amp; 2'><b>t&lt;<![CDATA[&]]></b><c/><b/></a>", "f");
  const auto root = document.root();
  CHECK(root.name() == "a");
  CHECK(root.attribute("x") == "1 & 2");
  CHECK_FALSE(root.attribute("y"));
  REQUIRE(root.child("b"));
  CHECK(root.child("b")->text() == "t<&");
  CHECK(root.children("b").size() == 2);
  CHECK(root.children().size() == 3);
}

TEST_CASE("what is not well-formed is refused with its line", "[xml]") {
  CHECK_THROWS_WITH(Document::parse("<a>\n<b></a>", "vm.xml"), Contains("'vm.xml' is not XML: line 2"));
  CHECK_THROWS_AS(Document::parse("", "f"), Error);
  CHECK_THROWS_AS(Document::parse("<a/><b/>", "f"), Error);
  CHECK_THROWS_AS(Document::parse("<a>&unknown;</a>", "f"), Error);
}

TEST_CASE("a document type is refused before it is read", "[xml]") {
  const std::string bomb =
      "<!DOCTYPE a [<!ENTITY x 'xxxxxxxxxx'><!ENTITY y '&x;&x;&x;&x;&x;&x;'>]><a>&y;</a>";
  CHECK_THROWS_WITH(Document::parse(bomb, "f"), Contains("document type"));
  CHECK_THROWS_WITH(Document::parse("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "f"), Contains("document type"));
}

TEST_CASE("what is written reads back the same", "[xml]") {
  havc::xml::Writer writer;
  {
    auto a = writer.element("a", {{"x", "<\"&'>"}});
    writer.leaf("b", "]]> & <");
    writer.empty("c");
  }
  const auto document = Document::parse(writer.text(), "f");
  CHECK(document.root().attribute("x") == "<\"&'>");
  CHECK(document.root().child("b")->text() == "]]> & <");
}
