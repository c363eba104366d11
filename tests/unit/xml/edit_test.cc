#include "xml/edit.h"

#include "base/error.h"
#include "support/catch.h"
#include "xml/document.h"

namespace xml = havc::xml;

static constexpr xml::QualifiedName kName{"p", "urn:p", "thing"};

TEST_CASE("an element is added to a parent that is made for it", "[xml]") {
  const auto text = xml::with_element("<a><b>x &amp; y</b></a>", "meta", kName, {{"key", "<\"&'>"}});
  const auto document = xml::Document::parse(text, "result");
  const auto thing = document.root().child("meta")->child("thing");
  REQUIRE(thing);
  CHECK(thing->namespace_uri() == "urn:p");
  CHECK(thing->attribute("key") == "<\"&'>");
  CHECK(document.root().child("b")->text() == "x & y");
}

TEST_CASE("what others put beside it stays, and an older one of the namespace goes", "[xml]") {
  const auto text = xml::with_element(
      "<a><meta><o:thing xmlns:o='urn:o'/><q:old xmlns:q='urn:p' key='1'/></meta></a>", "meta", kName, {{"key", "2"}});
  const auto document = xml::Document::parse(text, "result");
  const auto children = document.root().child("meta")->children();
  REQUIRE(children.size() == 2);
  CHECK(children[0].namespace_uri() == "urn:o");
  CHECK(children[1].attribute("key") == "2");
}

TEST_CASE("an element with all that is in it takes the place of older ones of its namespace", "[xml]") {
  const auto text = xml::with_markup("<a><meta><o:thing xmlns:o='urn:o'/><q:old xmlns:q='urn:p'/></meta></a>", "meta",
                                     "<p:thing xmlns:p='urn:p'><p:part key='&lt;&amp;'>x &gt; y</p:part></p:thing>");
  const auto document = xml::Document::parse(text, "result");
  const auto children = document.root().child("meta")->children();
  REQUIRE(children.size() == 2);
  CHECK(children[1].namespace_uri() == "urn:p");
  CHECK(children[1].child("part")->attribute("key") == "<&");
  CHECK(children[1].child("part")->text() == "x > y");
  CHECK_THROWS_AS(xml::with_markup("<a/>", "meta", "<plain/>"), havc::Error);
}

TEST_CASE("text that is not XML is not edited", "[xml]") {
  CHECK_THROWS_AS(xml::with_element("<a>", "meta", kName, {}), havc::Error);
}

TEST_CASE("the text of an element is replaced, or the element is made", "[xml]") {
  for (const char* before : {"<a><b/></a>", "<a><b/><id>old<x/></id></a>"}) {
    const auto document = xml::Document::parse(xml::with_text(before, "id", "a & b"), "result");
    REQUIRE(document.root().children("id").size() == 1);
    CHECK(document.root().child("id")->text() == "a & b");
    CHECK(document.root().child("b"));
  }
}

TEST_CASE("elements of a namespace go, and an empty parent with them", "[xml]") {
  const auto text = xml::without_elements("<a><meta><p:x xmlns:p='urn:p'/></meta><b/></a>", "meta", "urn:p");
  CHECK(xml::canonical(text) == "<a><b></b></a>");
  const auto kept = xml::without_elements("<a><meta><p:x xmlns:p='urn:p'/><o/></meta></a>", "meta", "urn:p");
  CHECK(xml::canonical(kept) == "<a><meta><o></o></meta></a>");
  CHECK(xml::canonical(xml::without_elements("<a/>", "meta", "urn:p")) == "<a></a>");
}

TEST_CASE("documents that say the same are canonically the same", "[xml]") {
  const auto text = xml::canonical("<?xml version='1.0'?>\n<!-- c -->\n<a x='1' y=\"2\">\n  <b> t </b>\n  <!-- c -->\n  <c/>\n</a>\n");
  CHECK(text == xml::canonical("<a y='2' x='1'><b> t </b><c></c></a>"));
  CHECK(text != xml::canonical("<a y='2' x='1'><b>t</b><c></c></a>"));
  CHECK(text != xml::canonical("<a y='3' x='1'><b> t </b><c></c></a>"));
  CHECK_THROWS_AS(xml::canonical("<a>"), havc::Error);
}
