#include "snmp/address.h"

#include "base/error.h"
#include "support/catch.h"
#include "support/fake_clock.h"

namespace {

using havc::snmp::Address;
using havc::snmp::parse_address;
using havc::snmp::parse_addresses;

TEST_CASE("an address is a host with or without a port", "[snmp]") {
  const auto [text, host, port] = GENERATE(table<std::string, std::string, int>({
      {"10.0.0.1", "10.0.0.1", 161},
      {" amm1.example.com ", "amm1.example.com", 161},
      {"amm_1:1161", "amm_1", 1161},
      {"::1", "::1", 161},
      {"[fd00::1]", "fd00::1", 161},
      {"[fd00::1]:1161", "fd00::1", 1161},
      {"fe80::1%eth0", "fe80::1%eth0", 161},
  }));
  CHECK(parse_address(text) == Address{host, port});
}

TEST_CASE("what is no address is refused", "[snmp]") {
  const auto* text = GENERATE("", "a b", "host:", "host:0", "host:65536", "host:x", "[fd00::1",
                              "[host]:1", "[::1]x", "tcp:host:1", "-v", "a;b", "/dev/log");
  CAPTURE(text);
  CHECK_FALSE(parse_address(text));
}

TEST_CASE("several addresses keep their order, and one bad one spoils all", "[snmp]") {
  CHECK(parse_addresses("b, a:1161")->at(1) == Address{"a", 1161});
  CHECK_FALSE(parse_addresses("a,b:x"));
  CHECK_FALSE(parse_addresses(" , "));
}

TEST_CASE("an address is written so that it can be read again", "[snmp]") {
  CHECK(Address{"::1", 161}.text() == "::1");
  CHECK(Address{"::1", 1161}.text() == "[::1]:1161");
  CHECK(Address{"a", 1161}.text() == "a:1161");
}

TEST_CASE("numbers are not looked up", "[snmp]") {
  havc::test::FakeClock clock;
  const auto found = havc::snmp::resolve({{"10.0.0.1", 1}, {"::1", 2}}, clock.in({}));
  CHECK(found == std::vector<Address>{{"10.0.0.1", 1}, {"::1", 2}});
}

TEST_CASE("a name that cannot be looked up in time is an error, unless another address remains",
          "[snmp]") {
  havc::test::FakeClock clock;  // stands still: no time at all
  const auto nothing = clock.in({});
  CHECK_THROWS_AS(havc::snmp::resolve({{"amm1", 161}}, nothing), havc::Error);
  CHECK(havc::snmp::resolve({{"amm1", 161}, {"10.0.0.2", 161}}, nothing).size() == 1);
}

TEST_CASE("a name that nobody knows is an error that says so", "[snmp]") {
  // RFC 6761 6.4: no name below "invalid" exists; also true without any name server.
  const auto deadline = havc::Deadline::after(havc::system_clock(), std::chrono::seconds(30));
  CHECK_THROWS_WITH(havc::snmp::resolve({{"chassis.invalid", 161}}, deadline),
                    Catch::Matchers::StartsWith("cannot find the address of 'chassis.invalid'"));
}

}  // namespace
