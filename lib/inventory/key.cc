#include "inventory/key.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace havc::inventory {

namespace {

constexpr std::size_t kLongest = 60;  // of a value in a message

std::string shown(const Setting& setting) {
  return "'" + text::one_line(setting.text, kLongest) + "'";
}

std::string words_of(Setting::Kind kind) {
  switch (kind) {
    case Setting::Kind::text:
      return "text";
    case Setting::Kind::integer:
      return "a number";
    case Setting::Kind::boolean:
      return "true or false";
    case Setting::Kind::list:
      return "a list";
    case Setting::Kind::table:
      return "a table";
    case Setting::Kind::other:
      break;
  }
  return "a fraction, date or time";
}

}  // namespace

std::string refused_text(const Setting& setting, const std::string& expected) {
  return "is " + shown(setting) + ", not " + expected;
}

std::string explained_text(const Setting& setting, const std::string& why) {
  return "is " + shown(setting) + ": " + why;
}

std::string refused_kind(const Setting& setting, options::ContentType type) {
  switch (type) {
    case options::ContentType::integer:
      return setting.kind == Setting::Kind::integer
                 ? ""
                 : "is " + words_of(setting.kind) + ", not a number (which has no quotes)";
    case options::ContentType::boolean:
      return setting.kind == Setting::Kind::boolean
                 ? ""
                 : "is " + words_of(setting.kind) + ", not true or false (without quotes)";
    case options::ContentType::string:
    case options::ContentType::select:
      break;
  }
  return setting.kind == Setting::Kind::text
             ? ""
             : "is " + words_of(setting.kind) + ", not text in quotes";
}

std::string refused_kind(const Setting& setting, Setting::Kind wanted) {
  if (setting.kind == wanted) return {};
  return "is " + words_of(setting.kind) + ", not " + words_of(wanted) +
         (wanted == Setting::Kind::list ? " in [ ]" : "");
}

std::string words_for(options::ContentType type) {
  constexpr std::array<std::string_view, 4> kNames{"text", "number", "true or false", "word"};
  return std::string(kNames[static_cast<std::size_t>(type)]);
}

std::string Form<std::map<std::string, std::string>>::read(std::map<std::string, std::string>& into,
                                                           const Setting& setting) {
  if (auto why = refused_kind(setting, Setting::Kind::table); !why.empty()) return why;
  std::map<std::string, std::string> values;
  for (const auto& item : setting.items) {
    if (const auto why = why_no_tag(item.key); !why.empty())
      return "has the name " + text::quote(text::one_line(item.key, kLongest)) + ": " + why;
    if (auto why = Form<std::string>::read(values[item.key], item); !why.empty())
      return "has '" + item.key + "', which " + why;
  }
  into = std::move(values);
  return {};
}

std::optional<Setting> Form<std::map<std::string, std::string>>::write(
    const std::map<std::string, std::string>& values) {
  Setting table{.kind = kKind};
  for (const auto& [name, value] : values)
    table.items.push_back({.kind = Setting::Kind::text, .key = name, .text = value});
  return table;
}

Error unknown_key(const Source& source, const Setting& setting,
                  const std::vector<std::string>& known) {
  const auto meant = text::nearest(setting.key, known);
  auto sorted = known;
  std::sort(sorted.begin(), sorted.end());
  return refusal(source, setting.key,
                 "unknown key " + text::quote(text::one_line(setting.key, kLongest)),
                 meant ? "did you mean '" + *meant + "'?"
                       : "remove it; known are " + text::join(sorted, ", "));
}

Error missing_key(const Source& source, const KeyDoc& doc) {
  return refusal(source, "", "key '" + std::string(doc.name) + "' is missing",
                 "add it: " + std::string(doc.doc));
}

}  // namespace havc::inventory
