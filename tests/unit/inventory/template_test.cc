#include "inventory/template.h"

#include "base/error.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace {

using namespace havc::inventory;
using Catch::Matchers::Contains;

std::string filled(const std::string& text, const Values& values) {
  return Template(text, "t.xml").fill(values);
}

TEST_CASE("a macro becomes its value, escaped", "[inventory]") {
  CHECK(filled("<a b='%{VM_FQN}'>%{EMAIL}%{VM_FQN}</a>",
               {{"VM_FQN", "X"}, {"EMAIL", "\"R&D\" <o'x@y>"}}) ==
        "<a b='X'>&quot;R&amp;D&quot; &lt;o&apos;x@y&gt;X</a>");
}

TEST_CASE("a value is not looked at again", "[inventory]") {
  CHECK(filled("<a>%{VM_FQN}</a>", {{"VM_FQN", "%{VM_FQN}%{EMAIL}]]>"}}) ==
        "<a>%{VM_FQN}%{EMAIL}]]&gt;</a>");
}

TEST_CASE("what is no macro stays", "[inventory]") {
  const std::string text = "<a b='100%'>% {VM_FQN} $%\n</a>\n<!-- 5 % -->";
  CHECK(filled(text, {}) == text);
}

TEST_CASE("the line of an optional macro without value is dropped", "[inventory]") {
  const std::string text = "<a>\n<b>%{EMAIL}</b>\n<c>%{VM_FQN}</c>\n</a>";
  CHECK(filled(text, {{"VM_FQN", "X"}}) == "<a>\n<c>X</c>\n</a>");
  CHECK(filled(text, {{"VM_FQN", "X"}, {"EMAIL", "e"}}) == "<a>\n<b>e</b>\n<c>X</c>\n</a>");
}

TEST_CASE("templates that cannot be right are refused with file, line and remedy", "[inventory]") {
  const auto [text, reason] = GENERATE(table<std::string, std::string>({
      {"<a>\n%{VM_FQM}</a>", "t.xml:2: unknown macro '%{VM_FQM}'; did you mean '%{VM_FQN}'?"},
      {"<a>%{COLOUR_OF_IT}</a>", "t.xml:1: unknown macro '%{COLOUR_OF_IT}'; xml/README.md"},
      {"<a>%{VM_UUID</a>", "t.xml:1: macro '%{VM_UUID' has no '}' behind its name"},
      {"<a>%{VM FQN}</a>", "has no '}' behind its name"},
      {"<a>%{}</a>", "unknown macro '%{}'"},
      {"<a>%{", "'t.xml' is not XML"},
      {"<a>\n<!--\n%{VM_FQN} --></a>", "t.xml:3: a macro stands in a comment"},
      {"<a><![CDATA[%{VM_FQN}]]></a>", "t.xml:1: a macro stands in a CDATA section"},
      {"<?havc %{VM_FQN}?><a/>", "t.xml:1: a macro stands in an instruction"},
      {"<a><%{VM_FQN}/></a>", "'t.xml' is not XML: line 1"},
      {"<a %{VM_FQN}='1'/>", "'t.xml' is not XML: line 1"},
      {"", "'t.xml' is not XML"},
      {"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
       "'t.xml' declares a document type"},
      {"<!DOCTYPE a [<!ENTITY x '&x;&x;'>]><a>&x;</a>", "'t.xml' declares a document type"},
      {"<a>&x;</a>", "'t.xml' is not XML"},
  }));
  CAPTURE(text);
  CHECK_THROWS_WITH(Template(text, "t.xml"), Contains(reason));
}

TEST_CASE("comments and sections end where they end", "[inventory]") {
  CHECK(filled("<a><!-- x --><b>%{VM_FQN}</b><![CDATA[<!-- ]]>%{VM_FQN}<?x <!-- ?>%{VM_FQN}</a>",
               {{"VM_FQN", "X"}}) == "<a><!-- x --><b>X</b><![CDATA[<!-- ]]>X<?x <!-- ?>X</a>");
}

TEST_CASE("values that cannot be filled in are refused", "[inventory]") {
  CHECK_THROWS_WITH(filled("<a>\n%{VM_FQN}</a>", {}),
                    Contains("t.xml:2: macro '%{VM_FQN}' has no value"));
  CHECK_THROWS_WITH(filled("<a>%{VM_FQN}</a>", {{"VM_FQN", "a\nb"}}),
                    Contains("has control characters"));
  CHECK_THROWS_WITH(filled("<a>%{VM_FQN}</a>", {{"VM_FQN", "\xff"}}),
                    Contains("'t.xml (filled in)' is not XML"));
}

TEST_CASE("an optional line that is half an element is noticed", "[inventory]") {
  CHECK_THROWS_WITH(filled("<a><b>\n%{EMAIL}</b></a>", {}),
                    Contains("'t.xml (filled in)' is not XML") && Contains("correct the template"));
}

TEST_CASE("the first folder that has a template wins", "[inventory]") {
  const havc::test::TemporaryFolder own;
  const havc::test::TemporaryFolder shipped;
  shipped.write("a.xml", "<shipped/>");
  shipped.write("b.xml", "<shipped/>");
  own.write("a.xml", "<own/>");
  TemplateFolders folders({own.path(), shipped.path()});
  CHECK(folders.get({"a.xml"}).fill({}) == "<own/>");
  CHECK(folders.get({"b.xml"}).fill({}) == "<shipped/>");
  own.write("big.xml", std::string(300000, ' '));
  CHECK_THROWS_WITH(folders.get({"big.xml"}),
                    Contains("is larger than") && Contains("put a template"));
  CHECK_THROWS_WITH(folders.get({"c.xml"}), Contains("no template 'c.xml' in " + own.path()));
}

}  // namespace
