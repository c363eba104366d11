// What a fence agent is told: `name=value` lines on standard input, or options. Pure: reading is
// base's.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/environment.h"
#include "options/command_line.h"

namespace havc::fence {

/// Far above what a cluster sends: a few dozen lines.
inline constexpr std::size_t kMostInput = 65536;

struct Input {
  Environment values;                      ///< of names that exist
  std::vector<std::string> warnings = {};  ///< about the others, each once
};

/// Blank lines and those with # count for nothing, of several lines of a name the last one counts,
/// "-" and "_" are alike in names, and one pair of quotes around a value goes. Other names are
/// ignored, as the contract wants it; no warning is about one that a cluster sends by itself.
Input parse_input(std::string_view text);

/// options::parse_command_line, where it is linked.
using CommandLine = std::function<options::Given(const std::vector<options::Switch>&,
                                                 const std::vector<std::string>&)>;

/// The same from options. Throws what parse_command_line() throws.
Environment parse_arguments(const CommandLine& parse, const std::vector<std::string>& arguments);

}  // namespace havc::fence
