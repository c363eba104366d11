#include "inventory/identity.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace havc::inventory {

namespace {

constexpr std::size_t kHalf = 8;  // bytes: the network's and the card's half of an IPv6 address
constexpr std::uint8_t kUniversal = 0x02;  // RFC 4291, appendix A: this bit is inverted
constexpr std::uint8_t kGroup = 0x01;
constexpr std::array<std::uint8_t, 2> kMiddle{0xFF, 0xFE};
constexpr std::array<std::uint8_t, 2> kOurs{0x02, 0x00};

std::vector<Prefix> prefixes_of(const Zone& zone) {
  auto all = zone.ranges;
  if (zone.ipv6_prefix) all.push_back(zone.ipv6_prefix->range());
  return all;
}

bool has_ipv6(const Zone& zone) {
  const auto all = prefixes_of(zone);
  return std::any_of(all.begin(), all.end(),
                     [](const Prefix& each) { return std::holds_alternative<Ipv6>(each.network); });
}

const Zone* zone_of(const Address& address, const std::vector<Zone>& zones) {
  const auto found = std::find_if(zones.begin(), zones.end(),
                                  [&](const Zone& zone) { return zone.contains(address); });
  return found == zones.end() ? nullptr : &*found;
}

const Zone& named_zone(const Guest& guest, const std::vector<Zone>& zones) {
  std::vector<std::string> names;
  for (const auto& zone : zones) {
    if (zone.name == *guest.zone) return zone;
    names.push_back(zone.name.text);
  }
  const auto meant = text::nearest(guest.zone->text, names);
  throw refusal(
      guest.source, "zone", "zone " + text::quote(guest.zone->text) + " is not known",
      meant ? "did you mean '" + *meant + "'?" : "name one of: " + text::join(names, ", "));
}

const Zone& choose_zone(const Guest& guest, const std::vector<Zone>& zones) {
  const Zone* const natural = guest.address ? zone_of(*guest.address, zones) : nullptr;
  const Zone* const named = guest.zone ? &named_zone(guest, zones) : nullptr;
  if (natural != nullptr && named != nullptr && natural != named) {
    throw refusal(guest.source, "address",
                  "address " + text::quote(text_of(*guest.address)) + " lies in zone '" +
                      natural->name.text + "', not in '" + named->name.text + "'",
                  "correct the address or remove 'zone'");
  }
  if (named != nullptr) return *named;
  if (natural != nullptr) return *natural;
  if (!guest.address)
    throw refusal(guest.source, "", "neither 'address' nor 'zone' is given",
                  "give the address, or 'zone' and 'mac'");
  throw refusal(guest.source, "address",
                "address " + text::quote(text_of(*guest.address)) + " lies in no zone",
                "correct it, or add its range to a zone");
}

Mac choose_mac(const Guest& guest) {
  if (guest.mac) return *guest.mac;
  const auto* const ipv4 = guest.address ? std::get_if<Ipv4>(&*guest.address) : nullptr;
  if (ipv4 != nullptr) return mac_of(*ipv4);
  const auto* const ipv6 = guest.address ? std::get_if<Ipv6>(&*guest.address) : nullptr;
  const auto mac = ipv6 != nullptr ? mac_of(*ipv6) : std::nullopt;
  if (mac) return *mac;
  throw refusal(guest.source, "address",
                ipv6 != nullptr
                    ? "address " + text::quote(ipv6->text()) +
                          " is not made of a MAC address (EUI-64), and 'mac' is not given"
                    : "neither 'address' nor 'mac' is given",
                "give 'mac'");
}

std::optional<Ipv6> choose_ipv6(const Guest& guest, const Zone& zone,
                                const std::vector<Zone>& zones, const Mac& mac) {
  const auto* const only = guest.address ? std::get_if<Ipv6>(&*guest.address) : nullptr;
  if (only != nullptr && guest.address_v6 && *guest.address_v6 != *only) {
    throw refusal(guest.source, "address_v6",
                  "address_v6 " + text::quote(guest.address_v6->text()) +
                      " differs from the IPv6 address in 'address'",
                  "remove one of them");
  }
  if (only != nullptr) return *only;
  if (!guest.address_v6)
    return zone.ipv6_prefix ? std::optional(slaac_address(*zone.ipv6_prefix, mac)) : std::nullopt;
  const bool outside = has_ipv6(zone) ? !zone.contains(*guest.address_v6)
                                      : zone_of(*guest.address_v6, zones) != nullptr;
  if (outside) {
    throw refusal(guest.source, "address_v6",
                  "address_v6 " + text::quote(guest.address_v6->text()) +
                      " lies outside of zone '" + zone.name.text + "'",
                  "correct it, or remove it to have it made of the MAC address");
  }
  return guest.address_v6;
}

void compare(const Zone& one, const Zone& other, std::vector<Error>& problems) {
  for (const auto& left : prefixes_of(one)) {
    for (const auto& right : prefixes_of(other)) {
      if (!left.overlaps(right)) continue;
      problems.push_back(refusal(other.source, "ranges",
                                 "zone '" + other.name.text + "': " + text::quote(right.text()) +
                                     " overlaps " + text::quote(left.text()) + " of zone '" +
                                     one.name.text + "'",
                                 "give each address to one zone"));
    }
  }
}

}  // namespace

std::string Source::at(const std::string& key) const {
  if (file.empty()) return {};
  auto found = lines.find(key);
  if (found == lines.end()) found = lines.find("");
  return file + (found == lines.end() ? "" : ":" + std::to_string(found->second)) + ": ";
}

Error refusal(const Source& source, const std::string& key, const std::string& problem,
              const std::string& remedy) {
  return {Fault::misconfigured, source.at(key) + problem, remedy};
}

bool Zone::contains(const Address& address) const {
  const auto all = prefixes_of(*this);
  return std::any_of(all.begin(), all.end(),
                     [&](const Prefix& each) { return each.contains(address); });
}

Mac mac_of(const Ipv4& address) {
  Mac mac;
  std::copy(address.octets.begin(), address.octets.end(),
            std::copy(kOurs.begin(), kOurs.end(), mac.octets.begin()));
  return mac;
}

std::optional<Ipv4> ipv4_of(const Mac& mac) {
  if (!std::equal(kOurs.begin(), kOurs.end(), mac.octets.begin())) return {};
  Ipv4 address;
  std::copy(mac.octets.begin() + kOurs.size(), mac.octets.end(), address.octets.begin());
  return address;
}

Ipv6 slaac_address(const SlaacPrefix& prefix, const Mac& mac) {
  Ipv6 address = prefix.network;
  auto place =
      std::copy(mac.octets.begin(), mac.octets.begin() + 3, address.octets.begin() + kHalf);
  place = std::copy(kMiddle.begin(), kMiddle.end(), place);
  std::copy(mac.octets.begin() + 3, mac.octets.end(), place);
  address.octets[kHalf] ^= kUniversal;
  return address;
}

std::optional<Mac> mac_of(const Ipv6& address) {
  const auto card = address.octets.begin() + kHalf;
  if (!std::equal(kMiddle.begin(), kMiddle.end(), card + 3)) return {};
  Mac mac;
  std::copy(card + 3 + kMiddle.size(), address.octets.end(),
            std::copy(card, card + 3, mac.octets.begin()));
  mac.octets[0] ^= kUniversal;
  if ((mac.octets[0] & kGroup) != 0 || mac == Mac{}) return {};
  return mac;
}

std::vector<Error> overlaps_of(const std::vector<Zone>& zones) {
  std::vector<Error> problems;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) compare(zones[j], zones[i], problems);
  }
  return problems;
}

Identity derive(const Guest& guest, const std::vector<Zone>& zones, const UuidPrefix& uuid_prefix) {
  const Zone& zone = choose_zone(guest, zones);
  Identity identity;
  identity.zone = zone.name;
  identity.fqn = guest.name.text + "_" + zone.name.text;
  identity.mac = choose_mac(guest);
  if (guest.address && std::holds_alternative<Ipv4>(*guest.address))
    identity.ipv4 = std::get<Ipv4>(*guest.address);
  identity.ipv6 = choose_ipv6(guest, zone, zones, identity.mac);
  identity.uuid = guest.uuid ? *guest.uuid : uuid_prefix.with(identity.mac);
  return identity;
}

}  // namespace havc::inventory
