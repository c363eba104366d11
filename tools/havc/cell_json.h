// A cell as JSON, for .cc files that have a JSON library: Json is its type of a value.
#pragma once

#include <type_traits>
#include <variant>

#include "havc/output.h"

namespace havc::cli {

/// null where nothing is known.
template <class Json>
Json json_of(const Cell& cell) {
  return std::visit(
      [](const auto& value) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>)
          return nullptr;
        else
          return value;
      },
      cell);
}

}  // namespace havc::cli
