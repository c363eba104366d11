#include "inventory/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <span>

#include "base/text.h"

namespace havc::inventory {

namespace {

constexpr int kBitsOfByte = 8;
constexpr int kSlaacLength = 64;  // RFC 2464, 4
using Bytes = std::span<const std::uint8_t>;

template <class T>
std::optional<T> from_text(int family, std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    return {};  // inet_pton would read what is before it
  T address;
  if (inet_pton(family, std::string(text).c_str(), address.octets.data()) != 1) return {};
  return address;
}

std::string to_text(int family, const void* octets) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  return inet_ntop(family, octets, buffer.data(), buffer.size());
}

std::optional<std::uint8_t> digit(char letter) {
  if (letter >= '0' && letter <= '9') return static_cast<std::uint8_t>(letter - '0');
  constexpr int kTen = 10;
  if (letter >= 'a' && letter <= 'f') return static_cast<std::uint8_t>(letter - 'a' + kTen);
  if (letter >= 'A' && letter <= 'F') return static_cast<std::uint8_t>(letter - 'A' + kTen);
  return {};
}

// `form` has an x for each digit; every other character stands for itself.
template <std::size_t count>
bool read_hexadecimal(std::string_view text, std::string_view form,
                      std::array<std::uint8_t, count>& octets) {
  if (text.size() != form.size()) return false;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] != 'x') {
      if (text[i] != form[i]) return false;
      continue;
    }
    const auto value = digit(text[i]);
    if (!value) return false;
    std::uint8_t& octet = octets[digits++ / 2];
    octet = static_cast<std::uint8_t>((octet << 4) | *value);
  }
  return true;
}

std::string write_hexadecimal(Bytes octets, std::string_view form) {
  std::string text(form);
  std::size_t digits = 0;
  for (char& letter : text) {
    if (letter != 'x') continue;
    const int shift = digits % 2 == 0 ? 4 : 0;
    letter = "0123456789ABCDEF"[(octets[digits++ / 2] >> shift) & 0xF];
  }
  return text;
}

constexpr std::string_view kMacForm = "xx:xx:xx:xx:xx:xx";
constexpr std::string_view kMacDigits = "xxxxxxxxxxxx";
constexpr std::string_view kUuidForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
constexpr std::string_view kUuidPrefixForm = "xxxxxxxx-xxxx-xxxx-xxxx";

Bytes bytes_of(const Address& address) {
  return std::visit([](const auto& each) { return Bytes(each.octets); }, address);
}

int bits_of(const Address& address) {
  return static_cast<int>(bytes_of(address).size()) * kBitsOfByte;
}

bool bit(Bytes bytes, int number) {
  const auto place = static_cast<std::size_t>(number);
  return ((bytes[place / kBitsOfByte] >> (kBitsOfByte - 1 - number % kBitsOfByte)) & 1) != 0;
}

bool same_start(const Address& left, const Address& right, int length) {
  if (left.index() != right.index()) return false;
  for (int i = 0; i < length; ++i) {
    if (bit(bytes_of(left), i) != bit(bytes_of(right), i)) return false;
  }
  return true;
}

}  // namespace

std::optional<Ipv4> Ipv4::parse(std::string_view text) {
  return from_text<Ipv4>(AF_INET, text);
}
std::string Ipv4::text() const {
  return to_text(AF_INET, octets.data());
}

std::optional<Ipv6> Ipv6::parse(std::string_view text) {
  return from_text<Ipv6>(AF_INET6, text);
}
std::string Ipv6::text() const {
  return to_text(AF_INET6, octets.data());
}

std::optional<Address> parse_address(std::string_view text) {
  if (const auto address = Ipv4::parse(text)) return *address;
  if (const auto address = Ipv6::parse(text)) return *address;
  return {};
}

std::string text_of(const Address& address) {
  return std::visit([](const auto& each) { return each.text(); }, address);
}

std::optional<Mac> Mac::parse(std::string_view text) {
  Mac mac;
  if (!read_hexadecimal(text, kMacForm, mac.octets) || mac == Mac{}) return {};
  if ((mac.octets[0] & 1) != 0) return {};  // IEEE 802: the group bit
  return mac;
}

std::string Mac::text() const {
  return write_hexadecimal(octets, kMacForm);
}
std::string Mac::digits() const {
  return write_hexadecimal(octets, kMacDigits);
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  Uuid uuid;
  if (!read_hexadecimal(text, kUuidForm, uuid.octets)) return {};
  if (std::count(uuid.octets.begin(), uuid.octets.end(), uuid.octets[0]) ==
      static_cast<std::ptrdiff_t>(uuid.octets.size()))
    return {};
  return uuid;
}

std::string Uuid::text() const {
  return write_hexadecimal(octets, kUuidForm);
}

std::optional<UuidPrefix> UuidPrefix::parse(std::string_view text) {
  UuidPrefix prefix;
  if (!read_hexadecimal(text, kUuidPrefixForm, prefix.octets)) return {};
  return prefix;
}

std::string UuidPrefix::text() const {
  return write_hexadecimal(octets, kUuidPrefixForm);
}

Uuid UuidPrefix::with(const Mac& mac) const {
  Uuid uuid;
  std::copy(mac.octets.begin(), mac.octets.end(),
            std::copy(octets.begin(), octets.end(), uuid.octets.begin()));
  return uuid;
}

std::optional<InterfaceAddress> InterfaceAddress::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return {};
  const std::string_view digits = text.substr(slash + 1);
  const auto length = text::number(digits, static_cast<std::uint64_t>(bits_of(*address)));
  if (!length || (digits.size() > 1 && digits.front() == '0')) return {};
  return InterfaceAddress{*address, static_cast<int>(*length)};
}

std::string InterfaceAddress::text() const {
  return text_of(address) + "/" + std::to_string(length);
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  const auto whole = InterfaceAddress::parse(text);
  if (!whole) return {};
  for (int i = whole->length; i < bits_of(whole->address); ++i) {
    if (bit(bytes_of(whole->address), i)) return {};
  }
  return Prefix{whole->address, whole->length};
}

std::string Prefix::text() const {
  return text_of(network) + "/" + std::to_string(length);
}
bool Prefix::contains(const Address& address) const {
  return same_start(network, address, length);
}
bool Prefix::overlaps(const Prefix& other) const {
  return same_start(network, other.network, std::min(length, other.length));
}

std::optional<SlaacPrefix> SlaacPrefix::parse(std::string_view text) {
  const auto range = Prefix::parse(text);
  const auto* const network = range ? std::get_if<Ipv6>(&range->network) : nullptr;
  if (network == nullptr || range->length != kSlaacLength) return {};
  return SlaacPrefix{*network};
}

Prefix SlaacPrefix::range() const {
  return {network, kSlaacLength};
}

}  // namespace havc::inventory
