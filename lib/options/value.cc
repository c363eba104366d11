#include "options/value.h"

#include <climits>

#include "base/text.h"

namespace havc::options {

std::string_view name_of(ContentType type) {
  constexpr std::array<std::string_view, 4> kNames{"string", "integer", "boolean", "select"};
  return kNames[static_cast<std::size_t>(type)];
}

std::optional<bool> boolean(std::string_view text) {
  const std::string word = text::lower(text::trim(text));
  for (const auto* yes : {"yes", "true", "1", "ja", "on"}) {
    if (word == yes) return true;
  }
  for (const auto* no : {"", "no", "false", "0", "nein", "off"}) {
    if (word == no) return false;
  }
  return {};
}

std::optional<std::string> Text<std::string>::parse(std::string_view text) {
  for (const char letter : text) {
    if (static_cast<unsigned char>(letter) < ' ' || letter == '\x7f') return {};
  }
  // U+FFFE and U+FFFF are characters of UTF-8, and none of XML.
  for (const auto* none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    if (text.find(none) != std::string_view::npos) return {};
  }
  return std::string(text);
}

std::optional<int> Text<int>::parse(std::string_view text) {
  const auto value = text::number(text, INT_MAX);
  if (!value) return {};
  return static_cast<int>(*value);
}

std::optional<std::chrono::seconds> Text<std::chrono::seconds>::parse(std::string_view text) {
  const auto value = text::number(text, 1'000'000);
  if (!value) return {};
  return std::chrono::seconds(*value);
}

std::optional<AbsolutePath> Text<AbsolutePath>::parse(std::string_view text) {
  auto plain = Text<std::string>::parse(text);
  if (!plain || (!plain->empty() && plain->front() != '/')) return {};
  for (const auto& part : text::split(*plain, "/")) {
    if (part == "..") return {};
  }
  return AbsolutePath{std::move(*plain)};
}

std::optional<Port> Text<Port>::parse(std::string_view text) {
  if (text.empty()) return Port{};
  const auto value = text::number(text, UINT16_MAX);
  if (!value || *value == 0) return {};
  return Port{static_cast<std::uint16_t>(*value)};
}

std::optional<Programs> Text<Programs>::parse(std::string_view text) {
  Programs programs;
  for (const auto& part : text::split(text, " \t")) {
    auto path = Text<AbsolutePath>::parse(part);
    if (!path) return {};
    programs.paths.push_back(std::move(path->text));
  }
  return programs;
}

std::optional<Refused> Text<Refused>::parse(std::string_view text) {
  if (boolean(text) == false) return Refused{};
  return {};
}

std::optional<Word> Text<Word>::parse(std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (text.find_first_not_of(kAllowed) != std::string_view::npos) return {};
  return Word{std::string(text)};
}

}  // namespace havc::options
