// What is left of a configuration file when its library is done: values with their places, and
// nothing of the library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace havc::inventory {

/// Where something stands in the text that it was read from, in bytes.
struct Place {
  std::size_t key = 0;    ///< where the last part of its key begins; none for items of a list
  std::size_t begin = 0;  ///< of the value; of a table with a heading, of that
  std::size_t end = 0;    ///< behind the value; of a table with a heading, behind that
};

struct Setting {
  enum class Kind { text, integer, boolean, other, list, table };
  Kind kind = Kind::table;
  std::string key = {};
  int line = 0;
  std::string text = {};            ///< of what is neither list nor table
  std::vector<Setting> items = {};  ///< of a list, and of a table by their keys
  Place place = {};
  bool in_braces = false;  ///< a table that is a value: { … }

  /// The item with that key; nullptr when there is none.
  const Setting* find(std::string_view name) const;
};

/// The same kind and value, wherever they stand.
bool same_value(const Setting& one, const Setting& other);

/// A TOML document as a table. `name` (a path) is for messages. Throws Error(misconfigured) with
/// place and toml++'s words: what is not TOML or not UTF-8, is nested deeper than 8, or has so many
/// dots that its keys could be.
Setting parse_toml(std::string_view text, const std::string& name);

}  // namespace havc::inventory
