#include "inventory/names.h"

#include "base/error.h"
#include "support/catch.h"

namespace {

using namespace havc::inventory;
using Catch::Matchers::Contains;

TEST_CASE("a virtual machine's name is written in capitals", "[inventory]") {
  CHECK(vm_name("vm-01").text == "VM-01");
  CHECK(vm_name("WEB.example").text == "WEB.EXAMPLE");
  CHECK(vm_name("abc").text == "ABC");
  CHECK(vm_name("A" + std::string(59, '9')).text.size() == 60);
}

TEST_CASE("a name that is not allowed is refused with the character", "[inventory]") {
  const auto [name, reason] = GENERATE(table<std::string, std::string>({
      {"ab", "it has 2 characters, not 3 to 60"},
      {"", "it has 0 characters"},
      {std::string(61, 'A'), "it has 61 characters"},
      {"a b", "character 2, ' ', is none of A-Z, 0-9, '-', '.'"},
      {"VM_1", "character 3, '_', is none of"},
      {"1-WEB", "character 1, '1', is no letter, with which it has to begin"},
      {"-WEB", "character 1, '-', is no letter"},
      {"WEB-", "character 4, '-', may not stand at its end"},
      {"WEB.", "character 4, '.', may not stand at its end"},
      {"WEB..A", "character 5, '.', follows another dot"},
      {"../../etc/passwd", "character 3, '/', is none of"},
      {"WEB;reboot", "character 4, ';', is none of"},
      {"WEB$(id)", "character 4, '$', is none of"},
      {"WEB<&>", "character 4, '<', is none of"},
      {"W\xC3\xA4"
       "B",
       "character 2, '\\xc3', is none of"},
      {std::string("WEB\0X", 5), "character 4, '\\x00', is none of"},
      {"WEB\n", "character 4, '\\x0a', is none of"},
  }));
  CAPTURE(name);
  CHECK_THAT(why_no_vm_name(name), Contains(reason));
  CHECK_THROWS_WITH(vm_name(name), Contains(reason) && Contains("choose"));
}

TEST_CASE("a host name is what RFC 1123 allows", "[inventory]") {
  // Two labels, a name alone, capitals and long top-level domains: HAVC-II refused them.
  for (const auto* name :
       {"idiap.ch", "host.local", "A.idiap.ch", "a.b.museum", "web-01.example.org", "node1",
        "3com.com", "x", "xn--bcher-kva.example", "1.2.3.4a"}) {
    CAPTURE(name);
    CHECK(why_no_host_name(name).empty());
  }
  CHECK(havc::options::Text<HostName>::parse("Web.Example.ORG")->text == "web.example.org");
}

TEST_CASE("what is no host name is refused with the character", "[inventory]") {
  const auto [name, reason] = GENERATE(table<std::string, std::string>({
      {"", "0 characters"},
      {std::string(254, 'a'), "254 characters"},
      {std::string(64, 'a') + ".org", "64 characters, not 1 to 63"},
      {"web..org", "the label at character 5 is empty"},
      {".org", "the label at character 1 is empty"},
      {"web.org.", "the label at character 9 is empty"},
      {"web_01.org", "in 'web_01', character 4, '_', is none of"},
      {"-web.org", "in '-web', character 1, '-', may not stand at its beginning"},
      {"web-.org", "in 'web-', character 4, '-', may not stand at its end"},
      {"192.168.4.101", "is a number"},
      {"a b", "character 2, ' '"},
      {std::string("a\0.org", 6), "in 'a?', character 2, '\\x00'"},
      {"a;b", "character 2, ';'"},
      {"-oProxyCommand=x", "character 15, '='"},
  }));
  CAPTURE(name);
  CHECK_THAT(why_no_host_name(name), Contains(reason));
}

TEST_CASE("a zone is named in small letters, so that NAME_zone splits in one way", "[inventory]") {
  CHECK(why_no_zone_name("intranet").empty());
  CHECK_THAT(why_no_zone_name("my_zone"), Contains("character 3, '_'"));
  CHECK_THAT(why_no_zone_name("DMZ"), Contains("character 1, 'D'"));
  CHECK_THAT(why_no_zone_name("1st"), Contains("character 1, '1', is no letter"));
}

TEST_CASE("a file's name leads nowhere else", "[inventory]") {
  CHECK(why_no_file_name("windows.xml").empty());
  CHECK_THAT(why_no_file_name("../domain.xml"), Contains("'/'"));
  CHECK_THAT(why_no_file_name(".."), Contains("may not stand at its beginning"));
  CHECK_THAT(why_no_file_name("-rf"), Contains("may not stand at its beginning"));
}

}  // namespace
