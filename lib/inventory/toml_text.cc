#include "inventory/toml_text.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace havc::inventory {

namespace {

constexpr std::string_view kBare =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

std::string escaped(unsigned char byte) {
  constexpr std::string_view kHexadecimal = "0123456789ABCDEF";
  return std::string("\\u00") + kHexadecimal[byte >> 4] + kHexadecimal[byte & 0xF];
}

std::string in_quotes(std::string_view text) {
  constexpr unsigned char kDelete = 0x7F;
  std::string result = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\')
      result += std::string("\\") + letter;
    else if (byte < ' ' || byte == kDelete)
      result += escaped(byte);
    else
      result += letter;
  }
  return result + "\"";
}

template <class Write>
std::string each(const std::vector<Setting>& items, const Write& write) {
  std::vector<std::string> parts;
  parts.reserve(items.size());
  for (const auto& item : items) parts.push_back(write(item));
  return text::join(parts, ", ");
}

}  // namespace

std::string toml_text(const Setting& value) {
  switch (value.kind) {
    case Setting::Kind::text:
      return in_quotes(value.text);
    case Setting::Kind::integer:
    case Setting::Kind::boolean:
      return value.text;
    case Setting::Kind::list:
      return "[" + each(value.items, toml_text) + "]";
    case Setting::Kind::table:
      if (value.items.empty()) return "{}";
      return "{ " +
             each(
                 value.items,
                 [](const Setting& item) { return toml_key(item.key) + " = " + toml_text(item); }) +
             " }";
    case Setting::Kind::other:
      break;
  }
  throw Error(Fault::misconfigured, "key " + text::quote(value.key) + " is " + value.text,
              "write it as text, in quotes");
}

std::string toml_key(std::string_view name) {
  const bool bare = !name.empty() && name.find_first_not_of(kBare) == std::string_view::npos;
  return bare ? std::string(name) : in_quotes(name);
}

}  // namespace havc::inventory
