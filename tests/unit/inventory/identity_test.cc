#include "inventory/identity.h"

#include <random>

#include "support/catch.h"

namespace {

using namespace havc::inventory;
using Catch::Matchers::Contains;

Zone zone(const std::string& name, const std::vector<std::string>& ranges,
          const std::string& ipv6_prefix = {}) {
  Zone made{.name = {name}};
  for (const auto& range : ranges) made.ranges.push_back(*Prefix::parse(range));
  if (!ipv6_prefix.empty()) made.ipv6_prefix = SlaacPrefix::parse(ipv6_prefix);
  return made;
}

// The zones of HAVC-II, with its IPv6 network.
const std::vector<Zone> kZones{
    zone("intranet", {"192.168.4.0/24"}, "2001:620:7a3:4::/64"),
    zone("dmz", {"192.168.5.0/24"}, "2001:620:7a3:5::/64"),
    zone("lab", {"192.168.6.0/24", "10.1.0.0/16"}, "2001:620:7a3:6::/64"),
    zone("flat", {"172.16.0.0/12"})};
const UuidPrefix kPrefix = *UuidPrefix::parse("68617663-0000-4000-8000");

Guest guest(const std::string& address) {
  Guest made{.name = vm_name("web-01"), .host = {"web-01.example.org"}};
  if (!address.empty()) made.address = parse_address(address);
  return made;
}

std::string refused(const Guest& given) {
  try {
    derive(given, kZones, kPrefix);
  } catch (const havc::Error& error) {
    return error.what();
  }
  return {};
}

TEST_CASE("everything follows from name and IPv4 address", "[inventory]") {
  const auto [address, fqn, mac,
              ipv6] = GENERATE(table<std::string, std::string, std::string, std::string>({
      {"192.168.4.101", "WEB-01_intranet", "02:00:C0:A8:04:65", "2001:620:7a3:4:0:c0ff:fea8:465"},
      {"192.168.5.7", "WEB-01_dmz", "02:00:C0:A8:05:07", "2001:620:7a3:5:0:c0ff:fea8:507"},
      {"192.168.6.255", "WEB-01_lab", "02:00:C0:A8:06:FF", "2001:620:7a3:6:0:c0ff:fea8:6ff"},
      {"10.1.2.3", "WEB-01_lab", "02:00:0A:01:02:03",
       "2001:620:7a3:6:0:aff:fe01:203"},  // HAVC-II: "fe 1:203"
  }));
  CAPTURE(address);
  const Identity identity = derive(guest(address), kZones, kPrefix);
  CHECK(identity.fqn == fqn);
  CHECK(identity.mac.text() == mac);
  CHECK(identity.ipv4->text() == address);
  CHECK(identity.ipv6->text() == ipv6);
  CHECK(identity.uuid == kPrefix.with(identity.mac));
}

TEST_CASE("a zone without an IPv6 prefix gives none", "[inventory]") {
  CHECK_FALSE(derive(guest("172.16.0.1"), kZones, kPrefix).ipv6);
}

TEST_CASE("explicit values win", "[inventory]") {
  Guest given = guest("192.168.4.101");
  given.mac = Mac::parse("52:54:00:12:34:56");
  CHECK(derive(given, kZones, kPrefix).ipv6->text() == "2001:620:7a3:4:5054:ff:fe12:3456");
  CHECK(derive(given, kZones, kPrefix).uuid.text() == "68617663-0000-4000-8000-525400123456");
  given.uuid = Uuid::parse("11111111-2222-4333-8444-555555555555");
  given.address_v6 = Ipv6::parse("2001:620:7a3:4::80");
  const Identity identity = derive(given, kZones, kPrefix);
  CHECK(identity.mac.text() == "52:54:00:12:34:56");
  CHECK(identity.uuid == *given.uuid);
  CHECK(identity.ipv6 == given.address_v6);
}

TEST_CASE("a guest without address has its zone and MAC address", "[inventory]") {
  Guest given = guest("");
  CHECK_THAT(refused(given), Contains("neither 'address' nor 'zone'"));
  given.zone = ZoneName{"flat"};
  CHECK_THAT(refused(given), Contains("neither 'address' nor 'mac'"));
  given.mac = Mac::parse("52:54:00:12:34:56");
  const Identity identity = derive(given, kZones, kPrefix);
  CHECK(identity.fqn == "WEB-01_flat");
  CHECK_FALSE(identity.ipv4);
}

TEST_CASE("a guest with IPv6 alone has the MAC address that its address was made of",
          "[inventory]") {
  const Identity identity = derive(guest("2001:620:7a3:4:5054:ff:fe12:3456"), kZones, kPrefix);
  CHECK(identity.zone.text == "intranet");
  CHECK(identity.mac.text() == "52:54:00:12:34:56");
  CHECK_FALSE(identity.ipv4);
  CHECK(identity.ipv6->text() == "2001:620:7a3:4:5054:ff:fe12:3456");
}

TEST_CASE("a guest with another IPv6 address alone needs a MAC address", "[inventory]") {
  // The last would be one of a group.
  const auto* address = GENERATE("2001:620:7a3:4::80", "2001:620:7a3:4:0300:5eff:fe00:1");
  Guest given = guest(address);
  CHECK_THAT(refused(given), Contains("is not made of a MAC address") && Contains("give 'mac'"));
  given.mac = Mac::parse("52:54:00:12:34:56");
  CHECK(derive(given, kZones, kPrefix).ipv6->text() == text_of(*parse_address(address)));
}

TEST_CASE("what contradicts is refused with the key and the place", "[inventory]") {
  Guest given = guest("192.168.4.101");
  given.source = {"vms/WEB-01.toml", {{"", 1}, {"address", 3}, {"zone", 4}, {"address_v6", 5}}};
  SECTION("an address in no zone") {
    given.address = parse_address("8.8.8.8");
    CHECK_THAT(refused(given), Contains("vms/WEB-01.toml:3: address '8.8.8.8' lies in no zone"));
  }
  SECTION("an address in another zone") {
    given.zone = ZoneName{"dmz"};
    CHECK_THAT(
        refused(given),
        Contains(
            "vms/WEB-01.toml:3: address '192.168.4.101' lies in zone 'intranet', not in 'dmz'"));
  }
  SECTION("a zone that is not there") {
    given.zone = ZoneName{"intrant"};
    CHECK_THAT(
        refused(given),
        Contains("vms/WEB-01.toml:4: zone 'intrant' is not known; did you mean 'intranet'?"));
  }
  SECTION("an IPv6 address outside") {
    given.address_v6 = Ipv6::parse("2001:db8::1");
    CHECK_THAT(
        refused(given),
        Contains("vms/WEB-01.toml:5: address_v6 '2001:db8::1' lies outside of zone 'intranet'"));
  }
  SECTION("an IPv6 address of another zone where ours has none") {
    given.address = parse_address("172.16.0.1");
    given.address_v6 = Ipv6::parse("2001:620:7a3:4::1");
    CHECK_THAT(refused(given), Contains("lies outside of zone 'flat'"));
  }
  SECTION("two IPv6 addresses") {
    given.address = parse_address("2001:620:7a3:4::1");
    given.mac = Mac::parse("52:54:00:12:34:56");
    given.address_v6 = Ipv6::parse("2001:620:7a3:4::2");
    CHECK_THAT(refused(given), Contains("differs from the IPv6 address in 'address'"));
  }
}

TEST_CASE("a zone that is named takes an address that is in none", "[inventory]") {
  Guest given = guest("198.51.100.7");
  given.zone = ZoneName{"flat"};
  CHECK(derive(given, kZones, kPrefix).fqn == "WEB-01_flat");
}

TEST_CASE("zones that share addresses are refused", "[inventory]") {
  CHECK(overlaps_of(kZones).empty());
  const auto [ranges, prefix, other] = GENERATE(table<std::string, std::string, std::string>({
      {"192.168.4.128/25", "", "'192.168.4.128/25' overlaps '192.168.4.0/24' of zone 'intranet'"},
      {"0.0.0.0/1", "", "'0.0.0.0/1' overlaps '10.1.0.0/16' of zone 'lab'"},
      {"2001:620:7a3::/48", "", "overlaps '2001:620:7a3:4::/64'"},
      {"10.0.0.0/16", "2001:620:7a3:5::/64", "overlaps '2001:620:7a3:5::/64' of zone 'dmz'"},
  }));
  auto zones = kZones;
  zones.push_back(zone("new", {ranges}, prefix));
  const auto problems = overlaps_of(zones);
  REQUIRE_FALSE(problems.empty());
  CHECK_THAT(problems.front().what(), Contains("zone 'new'") && Contains(other));
}

TEST_CASE("identities of random addresses can be read back", "[inventory]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> octet(0, 255);
  const auto fill = [&](auto& octets, std::size_t begin) {
    for (std::size_t i = begin; i < octets.size(); ++i)
      octets[i] = static_cast<std::uint8_t>(octet(random));
  };
  constexpr int kRounds = 4000;
  for (int i = 0; i < kRounds; ++i) {
    Ipv4 ipv4;
    fill(ipv4.octets, 0);
    SlaacPrefix prefix{};
    fill(prefix.network.octets, 0);
    std::fill(prefix.network.octets.begin() + 8, prefix.network.octets.end(), std::uint8_t{0});
    Zone all = zone("all", {"0.0.0.0/0"});
    all.ipv6_prefix = prefix;
    Guest given = guest(ipv4.text());
    const Identity identity = derive(given, {all}, kPrefix);
    // Not CHECK: it costs more than all the rest.
    const bool right =
        Ipv4::parse(ipv4.text()) == ipv4 && Ipv6::parse(identity.ipv6->text()) == identity.ipv6 &&
        Mac::parse(identity.mac.text()) == identity.mac &&
        Uuid::parse(identity.uuid.text()) == identity.uuid && ipv4_of(identity.mac) == ipv4 &&
        mac_of(*identity.ipv6) == identity.mac && prefix.range().contains(*identity.ipv6) &&
        Prefix::parse(prefix.text())->network == Address(prefix.network);
    if (!right) FAIL(ipv4.text() << " in " << prefix.text());
  }
}

}  // namespace
