#include "inventory/address.h"

#include "support/catch.h"

namespace {

using namespace havc::inventory;
using havc::options::Text;

TEST_CASE("addresses have one text each", "[inventory]") {
  const auto [given, canonical] = GENERATE(table<std::string, std::string>({
      {"192.168.4.101", "192.168.4.101"},
      {"8.8.8.8", "8.8.8.8"},
      {"0.0.0.0", "0.0.0.0"},
      {"2001:0DB8:0:4:0:C0FF:FEA8:465", "2001:db8:0:4:0:c0ff:fea8:465"},
      {"2001:620:7a3:4::c0ff:fea8:465", "2001:620:7a3:4:0:c0ff:fea8:465"},
      {"::", "::"},
  }));
  CAPTURE(given);
  const auto address = parse_address(given);
  REQUIRE(address);
  CHECK(text_of(*address) == canonical);
}

TEST_CASE("what is no address is refused", "[inventory]") {
  const auto given =
      GENERATE(as<std::string>(), "", " 1.2.3.4", "1.2.3.4 ", "1.2.3", "1.2.3.256", "01.2.3.4",
               "1.2.3.4/24", "0x1.2.3.4", "1.2.3.4.5", "2001:db8", "[::1]", "fe80::1%eth0", "::g",
               std::string("1.2.3.4\0x", 9), "192.168.4.$(id)");
  CAPTURE(given);
  CHECK_FALSE(parse_address(given));
}

TEST_CASE("a MAC address is written in capitals, with and without colons", "[inventory]") {
  const auto mac = Mac::parse("02:00:c0:a8:04:65");
  REQUIRE(mac);
  CHECK(mac->text() == "02:00:C0:A8:04:65");
  CHECK(mac->digits() == "0200C0A80465");
}

TEST_CASE("a MAC address is that of one card", "[inventory]") {
  const auto given =
      GENERATE(as<std::string>(), "", "02:00:c0:a8:04", "02:00:c0:a8:04:65:66", "02-00-c0-a8-04-65",
               "0200c0a80465", "02:00:c0:a8:04:6g", "01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff",
               "00:00:00:00:00:00", "02:00:c0:a8:4:65");
  CAPTURE(given);
  CHECK_FALSE(Mac::parse(given));
}

TEST_CASE("a UUID is made of a prefix and a MAC address", "[inventory]") {
  const auto prefix = UuidPrefix::parse("68617663-0000-4000-8000");
  REQUIRE(prefix);
  CHECK(prefix->with(*Mac::parse("02:00:C0:A8:04:65")).text() ==
        "68617663-0000-4000-8000-0200C0A80465");
  CHECK(prefix->text() == "68617663-0000-4000-8000");
}

TEST_CASE("a UUID that libvirt would refuse is refused", "[inventory]") {
  const auto given =
      GENERATE(as<std::string>(), "", "00000000-0000-0000-0000-000000000000",
               "ffffffff-ffff-ffff-ffff-ffffffffffff", "68617663-0000-4000-8000-0200C0A8046",
               "68617663000040008000-0200C0A80465", "{8617663-0000-4000-8000-0200C0A80465");
  CAPTURE(given);
  CHECK_FALSE(Uuid::parse(given));
}

TEST_CASE("a range contains what begins like it", "[inventory]") {
  const auto [range, address, inside] = GENERATE(table<std::string, std::string, bool>({
      {"192.168.4.0/24", "192.168.4.255", true},
      {"192.168.4.0/24", "192.168.5.0", false},
      {"192.168.4.0/23", "192.168.5.0", true},
      {"10.0.0.0/9", "10.127.0.1", true},
      {"10.0.0.0/9", "10.128.0.1", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "::808:808", false},
      {"192.168.4.7/32", "192.168.4.7", true},
      {"192.168.4.7/32", "192.168.4.6", false},
      {"2001:db8:0:4::/64", "2001:db8:0:4:0:c0ff:fea8:465", true},
      {"2001:db8:0:4::/64", "2001:db8:0:5::1", false},
      {"::/0", "::1", true},
  }));
  CAPTURE(range, address);
  CHECK(Prefix::parse(range)->contains(*parse_address(address)) == inside);
  CHECK(Prefix::parse(range)->text() == range);
}

TEST_CASE("a range with bits behind its length, or none at all, is refused", "[inventory]") {
  const auto given = GENERATE(as<std::string>(), "192.168.4.1/24", "192.168.4.0", "192.168.4.0/",
                              "192.168.4.0/33", "192.168.4.0/024", "192.168.4.0/-1",
                              "2001:db8::1/64", "::/129", "/24", "192.168.4.*");
  CAPTURE(given);
  CHECK_FALSE(Prefix::parse(given));
}

TEST_CASE("ranges overlap when one is in the other", "[inventory]") {
  const auto [left, right, both] = GENERATE(table<std::string, std::string, bool>({
      {"192.168.4.0/24", "192.168.4.128/25", true},
      {"192.168.4.0/25", "192.168.4.128/25", false},
      {"0.0.0.0/0", "10.0.0.0/8", true},
      {"0.0.0.0/0", "::/0", false},
      {"2001:db8::/32", "2001:db8:0:4::/64", true},
  }));
  CAPTURE(left, right);
  CHECK(Prefix::parse(left)->overlaps(*Prefix::parse(right)) == both);
  CHECK(Prefix::parse(right)->overlaps(*Prefix::parse(left)) == both);
}

TEST_CASE("addresses are made of MAC addresses in an IPv6 range of length 64 alone",
          "[inventory]") {
  CHECK(SlaacPrefix::parse("2001:db8:0:4::/64"));
  for (const auto* other :
       {"2001:db8::/32", "2001:db8:0:4::/65", "192.168.4.0/24", "0.0.0.0/0", "::/0"}) {
    CAPTURE(other);
    CHECK_FALSE(SlaacPrefix::parse(other));
  }
}

TEST_CASE("the address of an interface has a length", "[inventory]") {
  const auto address = Text<InterfaceAddress>::parse("192.168.3.250/24");
  REQUIRE(address);
  CHECK(address->text() == "192.168.3.250/24");
  CHECK_FALSE(Text<InterfaceAddress>::parse("192.168.3.250"));
}

}  // namespace
