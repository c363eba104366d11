#include "xml/parts.h"

#include "base/error.h"
#include "support/catch.h"
#include "xml/edit.h"

namespace {

using namespace havc::xml;

const std::string kDomain =
    "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
    "  <!-- gone -->\n  <name>a&amp;b</name>\n  <memory unit='KiB'>1024</memory>\n"
    "  <metadata><x:y xmlns:x='urn:x' x:z='&lt;1&gt;&#9;&quot;'/></metadata>\n"
    "  <qemu:commandline><qemu:arg value='-x'/></qemu:commandline>\n</domain>\n";

TEST_CASE("a document read and written says the same", "[xml]") {
  const Part part = read_parts(kDomain, "d.xml");
  const std::string text = text_of(part);
  const std::string plain =
      "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
      "<name>a&amp;b</name><memory unit='KiB'>1024</memory>"
      "<metadata><x:y xmlns:x='urn:x' x:z='&lt;1&gt;&#9;&quot;'/></metadata>"
      "<qemu:commandline><qemu:arg value='-x'/></qemu:commandline></domain>";
  CHECK(canonical(text) == canonical(plain));
  CHECK(text_of(read_parts(text, "again")) == text);
  CHECK(part.children[1].line == 4);
}

TEST_CASE("values of a part change", "[xml]") {
  Part part = read_parts("<a b='1' c='2'><d>x</d><d/><e/></a>", "t.xml");
  CHECK(part.attribute("b") == "1");
  CHECK(part.text_of("d") == "x");
  part.set("b", "<");
  part.set("n", "3");
  part.drop("c");
  part.drop_children("d");
  CHECK(part.child("d") == nullptr);
  CHECK(text_of(part) == "<a b=\"&lt;\" n=\"3\">\n  <e/>\n</a>\n");
}

TEST_CASE("parts take no document type", "[xml]") {
  CHECK_THROWS_AS(read_parts("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "t.xml"), havc::Error);
}

}  // namespace
