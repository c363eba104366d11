// Addresses as bytes, never as text: IPv4, IPv6, MAC and UUID, and ranges of the first two. Which
// of them belong to a virtual machine is the business of identity.h.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "options/value.h"

namespace havc::inventory {

struct Ipv4 {
  std::array<std::uint8_t, 4> octets{};
  /// As inet_pton reads it: four decimal numbers without leading zeros.
  static std::optional<Ipv4> parse(std::string_view text);
  std::string text() const;
  // clang-tidy 14 takes the 0 that the compiler compares with for a pointer, here and below.
  auto operator<=>(const Ipv4&) const = default;  // NOLINT(modernize-use-nullptr)
};

struct Ipv6 {
  std::array<std::uint8_t, 16> octets{};
  /// As inet_pton reads it: without brackets and without a zone ("%eth0").
  static std::optional<Ipv6> parse(std::string_view text);
  /// As inet_ntop writes it.
  std::string text() const;
  auto operator<=>(const Ipv6&) const = default;  // NOLINT(modernize-use-nullptr)
};

using Address = std::variant<Ipv4, Ipv6>;
std::optional<Address> parse_address(std::string_view text);
std::string text_of(const Address& address);

struct Mac {
  std::array<std::uint8_t, 6> octets{};
  /// Six pairs of hexadecimal digits with colons, of one network card: not of a group, not all
  /// zero.
  static std::optional<Mac> parse(std::string_view text);
  /// 02:00:C0:A8:04:65
  std::string text() const;
  /// 0200C0A80465: the last 12 digits of a UUID.
  std::string digits() const;
  auto operator<=>(const Mac&) const = default;  // NOLINT(modernize-use-nullptr)
};

struct Uuid {
  std::array<std::uint8_t, 16> octets{};
  /// 8-4-4-4-12 hexadecimal digits; not all bytes the same, which libvirt refuses (virUUIDIsValid).
  static std::optional<Uuid> parse(std::string_view text);
  /// In capitals, as the MAC address in it.
  std::string text() const;
  auto operator<=>(const Uuid&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// The first 20 digits of a UUID, whose others are a MAC address: 68617663-0000-4000-8000.
struct UuidPrefix {
  std::array<std::uint8_t, 10> octets{};
  static std::optional<UuidPrefix> parse(std::string_view text);
  std::string text() const;
  Uuid with(const Mac& mac) const;
  auto operator<=>(const UuidPrefix&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A range of addresses: those that begin with the first `length` bits of `network`, whose other
/// bits are 0.
struct Prefix {
  Address network;
  int length = 0;
  /// 192.168.4.0/24, 2001:db8:0:4::/64
  static std::optional<Prefix> parse(std::string_view text);
  std::string text() const;
  bool contains(const Address& address) const;
  bool overlaps(const Prefix& other) const;
  auto operator<=>(const Prefix&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// An IPv6 /64, in which addresses are made of MAC addresses: no other length has the room.
struct SlaacPrefix {
  Ipv6 network;
  /// 2001:db8:0:4::/64
  static std::optional<SlaacPrefix> parse(std::string_view text);
  Prefix range() const;
  std::string text() const { return range().text(); }
};

/// An address with the length of its network's prefix: 192.168.3.250/24.
struct InterfaceAddress {
  Address address;
  int length = 0;
  static std::optional<InterfaceAddress> parse(std::string_view text);
  std::string text() const;
};

}  // namespace havc::inventory

namespace havc::options {

/// A text that its type reads by itself.
template <class T>
struct OwnText {
  static constexpr ContentType kType = ContentType::string;
  static std::optional<T> parse(std::string_view text) { return T::parse(text); }
};

template <>
struct Text<inventory::Ipv6> : OwnText<inventory::Ipv6> {
  static constexpr std::string_view kExpected = "an IPv6 address such as 2001:db8::5";
};

template <>
struct Text<inventory::Address> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "an address such as 192.168.4.101 or 2001:db8::5";
  static std::optional<inventory::Address> parse(std::string_view text) {
    return inventory::parse_address(text);
  }
};

template <>
struct Text<inventory::Mac> : OwnText<inventory::Mac> {
  static constexpr std::string_view kExpected =
      "the MAC address of one card such as 02:00:C0:A8:04:65";
};

template <>
struct Text<inventory::Uuid> : OwnText<inventory::Uuid> {
  static constexpr std::string_view kExpected =
      "a UUID such as 68617663-0000-4000-8000-0200C0A80465";
};

template <>
struct Text<inventory::UuidPrefix> : OwnText<inventory::UuidPrefix> {
  static constexpr std::string_view kExpected =
      "the first 20 digits of a UUID such as 68617663-0000-4000-8000";
};

template <>
struct Text<inventory::Prefix> : OwnText<inventory::Prefix> {
  static constexpr std::string_view kExpected =
      "a range such as 192.168.4.0/24 or 2001:db8:0:4::/64, whose last bits are 0";
};

template <>
struct Text<inventory::SlaacPrefix> : OwnText<inventory::SlaacPrefix> {
  static constexpr std::string_view kExpected =
      "an IPv6 range of length 64 such as 2001:db8:0:4::/64";
};

template <>
struct Text<inventory::InterfaceAddress> : OwnText<inventory::InterfaceAddress> {
  static constexpr std::string_view kExpected =
      "an address with its network's length such as 192.168.3.250/24";
};

}  // namespace havc::options
