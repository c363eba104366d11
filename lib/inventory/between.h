// Numbers that know their limits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "options/value.h"

namespace havc::inventory {

/// A whole number within limits.
template <int low, int high>
struct Between {
  int number = low;
};

using Vlan = Between<1, 4094>;  ///< IEEE 802.1Q

}  // namespace havc::inventory

namespace havc::options {

template <int low, int high>
struct Text<inventory::Between<low, high>> {
  static constexpr ContentType kType = ContentType::integer;
  static std::string expected() {
    return "a number from " + std::to_string(low) + " to " + std::to_string(high);
  }
  static std::optional<inventory::Between<low, high>> parse(std::string_view text) {
    const auto value = text::number(text, high);
    if (!value || *value < low) return {};
    return inventory::Between<low, high>{static_cast<int>(*value)};
  }
};

}  // namespace havc::options
