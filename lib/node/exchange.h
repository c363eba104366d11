// This module's values as JSON and back, whole or in parts: what a child process says to its parent
// goes the same way as what a node says to another. For this module alone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "node/receive.h"

namespace havc::node {

/// As it goes over a connection: an object, for a schema.
struct Receipts {
  std::vector<Receipt> receipts = {};
};

/// 2000 virtual machines are 1 MiB.
inline constexpr std::size_t kMostText = std::size_t{4} << 20U;

/// In one line; bytes that are no UTF-8 are replaced. For the types named at the end of
/// exchange.cc. A `schema` becomes the first field.
template <class T>
std::string written(const T& value, std::string_view schema = {});

/// Throws Error(unusable_here) that begins with `source`, for text that is no JSON, nested deeper
/// than 16, longer than `most`, of another schema, or has a value of another type than is expected.
/// Unknown fields are ignored, missing ones left as they are by default.
template <class T>
T read(std::string_view text, const std::string& source, std::string_view schema = {},
       std::size_t most = kMostText);

}  // namespace havc::node
