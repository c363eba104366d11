#include "xml/writer.h"

#include "base/error.h"
#include "support/catch.h"
#include "xml/document.h"

using havc::Error;
using havc::xml::Document;
using havc::xml::Writer;

TEST_CASE("elements stand two blanks deeper than what they are in", "[xml]") {
  Writer writer;
  writer.declaration();
  {
    const auto a = writer.element("a", {{"x", "1"}});
    {
      const auto b = writer.element("b");
      writer.leaf("c", "text");
    }
    writer.empty("d", {{"y", ""}});
    const auto e = writer.element("e");
  }
  CHECK(writer.text() ==
        "<?xml version=\"1.0\"?>\n"
        "<a x=\"1\">\n"
        "  <b>\n"
        "    <c>text</c>\n"
        "  </b>\n"
        "  <d y=\"\"/>\n"
        "  <e/>\n"
        "</a>\n");
}

TEST_CASE("white space that a reader would change is kept in values and texts", "[xml]") {
  const std::string blanks = " a\tb\nc\r\nd ";
  Writer writer;
  {
    const auto a = writer.element("a");
    writer.leaf("b", blanks, {{"x", blanks}});
  }
  const auto document = Document::parse(writer.text(), "f");
  const auto b = document.root().child("b");
  CHECK(b->text() == blanks);
  CHECK(b->attribute("x") == blanks);
}

TEST_CASE("an attribute is refused where its element holds something already", "[xml]") {
  Writer writer;
  const auto a = writer.element("a");
  writer.attribute("x", "1");
  writer.empty("b");
  CHECK_THROWS_AS(writer.attribute("y", "2"), Error);
}
