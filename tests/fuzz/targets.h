// What the fuzz targets share: nothing that comes from outside may crash, hang or throw anything but Error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.h"

namespace havc::fuzz {

inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A refusal is fine, anything else that is thrown ends the fuzzer.
template <class Call>
int refused_or_done(Call call) {
  try {
    call();
  } catch (const Error&) {
    return 0;
  }
  return 0;
}

}  // namespace havc::fuzz
