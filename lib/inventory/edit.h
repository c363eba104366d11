// One value of a TOML text changed where it stands: comments, order, blanks and every other value
// are kept byte for byte. Proven each time by reading the result: where it says anything else than
// the text with that one change, it is not given away. Which keys there are is not known here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/setting.h"

namespace havc::inventory {

/// A key in a table of a document: {{"zones", "dmz"}, "vlan"}.
struct KeyPath {
  std::vector<std::string> table = {};  ///< empty: the document itself
  std::string key = {};
};

/// The value that stands there; nullptr when there is none.
const Setting* find(const Setting& document, const KeyPath& path);

/// With the key set to `value`, or gone without one: then with its line, and the comment at the end
/// of that. A new key stands behind the last of `before` that is there, else at the document's
/// beginning or the table's end; a new table at the document's end. Throws Error(misconfigured) as
/// parse_toml does, Error(failed) when that cannot be written without changing more.
std::string with_value(std::string_view text, const std::string& file, const KeyPath& path,
                       const std::optional<Setting>& value,
                       const std::vector<std::string>& before = {});

/// With `item` at the end of a list that is there. Throws likewise.
std::string with_item(std::string_view text, const std::string& file, const KeyPath& path,
                      const Setting& item);

/// Without the item at `index` of a list. Throws likewise.
std::string without_item(std::string_view text, const std::string& file, const KeyPath& path,
                         std::size_t index);

}  // namespace havc::inventory
