// What is left of a configuration file when its library is done: values with their places, and
// nothing of the library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace havc::inventory {

struct Setting {
  enum class Kind { text, integer, boolean, other, list, table };
  Kind kind = Kind::table;
  std::string key = {};
  int line = 0;
  std::string text = {};            ///< of what is neither list nor table
  std::vector<Setting> items = {};  ///< of a list, and of a table by their keys
};

/// A TOML document as a table. `name` (a path) is for messages. Throws Error(misconfigured) with
/// place and toml++'s words: what is not TOML or not UTF-8, is nested deeper than 8, or has so many
/// dots that its keys could be.
Setting parse_toml(std::string_view text, const std::string& name);

}  // namespace havc::inventory
