// Values as TOML writes them.
#pragma once

#include <string>
#include <string_view>

#include "inventory/setting.h"

namespace havc::inventory {

/// In one line; a table in braces. Text is taken for UTF-8: whoever writes it reads it back. Throws
/// Error(misconfigured) for fractions, dates and times, which no key has.
std::string toml_text(const Setting& value);

/// A key: bare where it may be, else in quotes.
std::string toml_key(std::string_view name);

}  // namespace havc::inventory
