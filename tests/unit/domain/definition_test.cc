#include "domain/definition.h"

#include <sys/stat.h>

#include "base/error.h"
#include "scene.h"
#include "support/catch.h"
#include "xml/document.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Error;
using havc::Fault;
using havc::test::soon;
using havc::test::TemporaryFolder;

static std::string domain_xml(const std::string& inside) {
  return "<domain type='kvm'>" + inside + "</domain>";
}

static std::string problem_of(const std::string& xml) {
  const TemporaryFolder folder;
  const std::string path = folder.write("vm1.xml", xml);
  try {
    read_definition(path, soon(30s));
    return "no error";
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::unusable_here);
    CHECK_FALSE(error.remedy().empty());
    std::string problem = error.problem();
    const auto at = problem.find(path);
    CHECK(at != std::string::npos);
    return problem.replace(at, path.size(), "FILE");
  }
}

TEST_CASE("a definition's name and UUID are read exactly", "[definition]") {
  struct Row {
    std::string xml;
    std::string name;
  };
  const auto row = GENERATE(values<Row>({
      {domain_xml("<name>vm1</name>"), "vm1"},
      {"<?xml version='1.0'?>\n<!-- <name>decoy</name> -->" +
           domain_xml("<metadata><name>decoy</name></metadata><name>vm1</name>"),
       "vm1"},
      {domain_xml(
           "<!-- <name>decoy</name> --><name>vm1</name><devices><name>decoy</name></devices>"),
       "vm1"},
      {domain_xml("\n  <name>a b</name>\n"), "a b"},
      {domain_xml("<name>a&amp;b &quot;c&quot; 'd', e</name>"), "a&b \"c\" 'd', e"},
      {domain_xml("<name>\xc3\xbcml\xc3\xa4ut</name>"), "\xc3\xbcml\xc3\xa4ut"},
      {domain_xml("<name><![CDATA[x<y]]></name>"), "x<y"},
      {domain_xml("<x:name xmlns:x='urn:x'>decoy</x:name><name>vm1</name>"), "vm1"},
  }));
  const Definition definition = parse_definition(row.xml, "file");
  CHECK(definition.identity.name == row.name);
  CHECK(definition.identity.uuid.empty());
}

TEST_CASE("a UUID is read as libvirt reads it", "[definition]") {
  const std::string expected = "1111abcd-1111-4111-8111-111111111101";
  for (const auto* text :
       {"1111abcd-1111-4111-8111-111111111101", " 1111ABCD111141118111111111111101\n",
        "1111ABCD-11114111-8111111111111101"}) {
    CHECK(parse_definition(domain_xml("<name>v</name><uuid>" + std::string(text) + "</uuid>"), "f")
              .identity.uuid == expected);
  }
}

TEST_CASE("a bad definition is refused with what is wrong", "[definition]") {
  struct Row {
    std::string xml;
    std::string problem;
  };
  const auto row = GENERATE(values<Row>({
      {"", "'FILE' is empty"},
      {" \n", "'FILE' is empty"},
      {"<pool type='dir'/>", "'FILE' defines no domain: its root is <pool>"},
      {"<domain type='xen'><name>v</name></domain>",
       "'FILE' has domain type 'xen', not kvm or qemu"},
      {"<domain><name>v</name></domain>", "'FILE' has domain type '', not kvm or qemu"},
      {domain_xml(""), "'FILE' has no <name> in its <domain>"},
      {domain_xml("<name>a</name><name>b</name>"),
       "'FILE' has more than one <name> in its <domain>"},
      {domain_xml("<name> </name>"), "'FILE' has an empty <name>"},
      {domain_xml("<name>a/b</name>"), "'FILE' has a <name> with a slash or a line end"},
      {domain_xml("<name>v</name><uuid>1</uuid>"), "'FILE' has a bad <uuid>"},
      {"<!DOCTYPE d [<!ENTITY a 'x'>]>" + domain_xml("<name>&a;</name>"),
       "'FILE' declares a document type, which is not allowed"},
      {std::string(kLargestDefinition + 1, ' '), "'FILE' is larger than 1048576 bytes"},
  }));
  CHECK(problem_of(row.xml) == row.problem);
}

TEST_CASE("a definition that was cut off or is not XML is refused with its line", "[definition]") {
  CHECK_THAT(problem_of("<domain type='kvm'>\n<name>vm1</na"),
             Catch::StartsWith("'FILE' is not XML: line 2: "));
  CHECK_THAT(problem_of("name: vm1\n"), Catch::StartsWith("'FILE' is not XML: line 1: "));
}

TEST_CASE("a file that is missing or no file is unusable here", "[definition]") {
  const TemporaryFolder folder;
  const std::string fifo = folder / "fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  for (const std::string& path : {folder / "missing.xml", folder.path(), fifo}) {
    try {
      read_definition(path, soon(30s));
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::unusable_here);
      CHECK(error.remedy() == "restore it, or correct 'config'");
    }
  }
}

TEST_CASE("the mark is put into a definition and read back", "[definition]") {
  for (const auto* inside :
       {"<name>v</name>", "<name>v</name><metadata><o:x xmlns:o='urn:o'/></metadata>"}) {
    const auto twice = with_metadata(with_metadata(domain_xml(inside), {"old", "/old"}),
                                     {"group:0", "/a b/\"<&>.xml"});
    const auto document = havc::xml::Document::parse(twice, "result");
    const Mark mark = mark_of(document.root());
    CHECK(mark.instance == "group:0");
    CHECK(mark.config == "/a b/\"<&>.xml");
    CHECK(parse_definition(twice, "result").identity.name == "v");
  }
}
