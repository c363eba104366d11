// Object identifiers as literals: ".1.3.6"_oid is checked by the compiler and costs nothing at run
// time. Numbers only; names belong to MIB files, which the programs neither need nor load.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>

namespace havc::snmp {

class Oid {
 public:
  /// RFC 2578 7.1.3 allows 128 sub-identifiers; the chassis' longest object has 17.
  static constexpr std::size_t kMost = 32;

  constexpr Oid() = default;
  /// The first kMost of `ids`; more come only from an agent that answers nonsense.
  constexpr explicit Oid(std::span<const std::uint32_t> ids) {
    for (const std::uint32_t id : ids.first(std::min(ids.size(), kMost))) ids_[size_++] = id;
  }

  /// With one more sub-identifier: a row of a column.
  constexpr Oid operator/(std::uint32_t id) const {
    Oid result = *this;
    if (result.size_ < kMost) result.ids_[result.size_++] = id;
    return result;
  }

  constexpr std::span<const std::uint32_t> ids() const { return {ids_.data(), size_}; }
  constexpr bool empty() const { return size_ == 0; }
  /// True for what lies below this one, as the rows lie below their column.
  constexpr bool contains(const Oid& other) const {
    return other.size_ > size_ && std::equal(ids().begin(), ids().end(), other.ids_.begin());
  }
  /// The order in which GETNEXT walks.
  friend constexpr std::strong_ordering operator<=>(const Oid& left, const Oid& right) {
    return std::lexicographical_compare_three_way(left.ids().begin(), left.ids().end(),
                                                  right.ids().begin(), right.ids().end());
  }
  friend constexpr bool operator==(const Oid& left, const Oid& right) {
    return (left <=> right) == std::strong_ordering::equal;
  }

  /// ".1.3.6"
  std::string text() const {
    std::string result;
    for (const std::uint32_t id : ids()) result += "." + std::to_string(id);
    return result;
  }

 private:
  std::array<std::uint32_t, kMost> ids_{};
  std::size_t size_ = 0;
};

/// ".1.3.6.1"_oid; anything but dots before numbers does not compile.
consteval Oid operator""_oid(const char* text, std::size_t size) {
  Oid result;
  std::size_t at = 0;
  while (at < size) {
    if (text[at] != '.') throw "a sub-identifier begins with a dot";
    std::uint32_t id = 0;
    const std::size_t first = ++at;
    for (; at < size && text[at] != '.'; ++at) {
      if (text[at] < '0' || text[at] > '9') throw "a sub-identifier is a number";
      id = id * 10 + static_cast<std::uint32_t>(text[at] - '0');
    }
    if (at == first || result.ids().size() == Oid::kMost) throw "an empty or overlong identifier";
    result = result / id;
  }
  return result;
}

}  // namespace havc::snmp
