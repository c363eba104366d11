#include "xml/tree.h"

#include "base/error.h"
#include "support/catch.h"

namespace {

using havc::xml::Node;
using havc::xml::Tree;

TEST_CASE("an attribute that is set to what it is changes nothing", "[xml]") {
  const Tree tree = Tree::parse("<a key='1'/>", "test");
  CHECK_FALSE(tree.root().set("key", "1"));
  CHECK(tree.root().set("key", "<\"&'>"));
  CHECK(tree.root().attribute("key") == "<\"&'>");
  CHECK(tree.root().unset("key"));
  CHECK_FALSE(tree.root().unset("key"));
}

TEST_CASE("an element is copied from another tree, and outlives it", "[xml]") {
  Tree tree = Tree::parse("<a><b/></a>", "test");
  {
    const Tree other = Tree::parse("<x><c key='1'><d>text</d></c></x>", "other");
    CHECK(tree.root().add(*other.root().child("c")).child("d")->text() == "text");
  }
  CHECK(tree.text() ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<a>\n  <b/>\n  <c key=\"1\">\n    <d>text</d>\n  </c>\n</a>\n");
}

TEST_CASE("an element takes the place of another", "[xml]") {
  Tree tree = Tree::parse("<a><b/><c/><d/></a>", "test");
  const Tree other = Tree::parse("<e/>", "other");
  const Node placed = tree.root().child("c")->replace(other.root());
  CHECK(placed.parent() == tree.root());
  REQUIRE(tree.root().children().size() == 3);
  CHECK(tree.root().children()[1].name() == "e");
  CHECK_FALSE(tree.root().parent());
}

TEST_CASE("elements go, and new ones come behind the others", "[xml]") {
  Tree tree = Tree::parse("<a> <b/> <c/> </a>", "test");
  tree.root().child("b")->remove();
  tree.root().add("d").set("id", "1");
  CHECK_FALSE(tree.root().child("b"));
  CHECK(tree.root().children().back().attribute("id") == "1");
}

TEST_CASE("what says the same has the same attributes, elements and texts", "[xml]") {
  const auto root = [](const Tree& tree) { return tree.root(); };
  const Tree one = Tree::parse("<a k='1' l='2'>\n  <b>text</b>\n  <!-- c -->\n</a>", "one");
  CHECK(root(one).says_the_same(root(Tree::parse("<a l='2' k='1'><b>text</b></a>", "same"))));
  for (const auto* other :
       {"<a k='1' l='3'><b>text</b></a>", "<a k='1'><b>text</b></a>", "<a k='1' l='2'><b>x</b></a>",
        "<a k='1' l='2'/>", "<a k='1' l='2'><b>text</b><b/></a>",
        "<a k='1' l='2' xmlns='urn:x'><b>text</b></a>"}) {
    INFO(other);
    const Tree two = Tree::parse(other, "other");
    CHECK_FALSE(one.root().says_the_same(two.root()));
  }
}

TEST_CASE("a tree is refused for what a document is refused for", "[xml]") {
  CHECK_THROWS_AS(Tree::parse("<!DOCTYPE a><a/>", "test"), havc::Error);
  CHECK_THROWS_AS(Tree::parse("<a>", "test"), havc::Error);
}

}  // namespace
