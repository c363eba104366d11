// One row per key of a configuration file: reading, checks, messages and documentation are all made
// from it. The same idea as options/parameter.h, for files whose values have a type of their own
// and a line.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "inventory/identity.h"
#include "inventory/setting.h"
#include "options/parameter.h"
#include "options/value.h"

namespace havc::inventory {

struct KeyDoc {
  std::string_view name;
  std::string_view doc;  ///< one line
  std::string_view unit = {};
  std::string_view fallback = {};  ///< as text: printed and parsed, hence the same
  options::Need need = options::Need::optional;
  bool in_defaults = false;  ///< may stand in [defaults], too
};

/// A row as documentation shows it.
struct KeyRow {
  KeyDoc doc;
  std::string type;  ///< "text", "number", "one of a b", "list of text", "table of text"
};

template <class Owner>
struct Key {
  KeyDoc doc;
  std::string type;
  /// Why the value is refused; empty when it was taken.
  std::string (*assign)(Owner& owner, const Setting& setting);
  /// Takes the row's default.
  void (*reset)(Owner& owner, std::string_view fallback);
  /// The value as a file has it; nothing where there is none.
  std::optional<Setting> (*write)(const Owner& owner);
  Setting::Kind kind;  ///< of the value in a file

  KeyRow row() const { return {doc, type}; }
};

/// "is 'x', not EXPECTED".
std::string refused_text(const Setting& setting, const std::string& expected);
/// "is 'x': WHY".
std::string explained_text(const Setting& setting, const std::string& why);
/// Why this kind of value is none for the content type; empty when it is.
std::string refused_kind(const Setting& setting, options::ContentType type);
/// The same of a list or a table.
std::string refused_kind(const Setting& setting, Setting::Kind wanted);
std::string words_for(options::ContentType type);

template <class T>
std::string expected_of() {
  if constexpr (options::Text<T>::kType == options::ContentType::select) {
    std::string words = "one of";
    for (const auto& word : options::Text<T>::kWords) words += " " + std::string(word);
    return words;
  } else if constexpr (requires { options::Text<T>::expected(); }) {
    return options::Text<T>::expected();
  } else {
    return std::string(options::Text<T>::kExpected);
  }
}

/// The reverse of Text<T>::parse.
template <class T>
std::string written(const T& value) {
  if constexpr (options::Text<T>::kType == options::ContentType::select)
    return std::string(options::Text<T>::kWords[static_cast<std::size_t>(value)]);
  else if constexpr (requires { value.number; })
    return std::to_string(value.number);
  else if constexpr (requires { value.text(); })
    return value.text();
  else if constexpr (requires { value.text; })
    return value.text;
  else if constexpr (std::is_same_v<T, std::string>)
    return value;
  else
    return text_of(value);
}

/// How a member of type T is read and written; the other forms below are made of this one.
template <class T>
struct Form {
  static constexpr auto kKind = options::Text<T>::kType == options::ContentType::integer
                                    ? Setting::Kind::integer
                                    : Setting::Kind::text;
  static_assert(options::Text<T>::kType != options::ContentType::boolean, "no key has one yet");
  static std::string type() {
    return options::Text<T>::kType == options::ContentType::select
               ? expected_of<T>()
               : words_for(options::Text<T>::kType);
  }
  static void reset(T& into, std::string_view fallback) {
    if (!fallback.empty()) into = options::Text<T>::parse(fallback).value();
  }
  static std::string read(T& into, const Setting& setting) {
    if (auto why = refused_kind(setting, options::Text<T>::kType); !why.empty()) return why;
    auto value = options::Text<T>::parse(setting.text);
    // An empty text is as good as none, and none has its own form: leaving the key out.
    if (value && !setting.text.empty()) {
      into = std::move(*value);
      return {};
    }
    if constexpr (options::Explains<T>)
      return explained_text(setting, options::Text<T>::explain(setting.text));
    return refused_text(setting, expected_of<T>());
  }
  static std::optional<Setting> write(const T& value) {
    return Setting{.kind = kKind, .text = written(value)};
  }
};

template <class T>
struct Form<std::optional<T>> {
  static constexpr auto kKind = Form<T>::kKind;
  static std::string type() { return Form<T>::type(); }
  static void reset(std::optional<T>& into, std::string_view fallback) {
    if (!fallback.empty()) Form<T>::reset(into.emplace(), fallback);
  }
  static std::string read(std::optional<T>& into, const Setting& setting) {
    T value{};
    auto why = Form<T>::read(value, setting);
    if (why.empty()) into = std::move(value);
    return why;
  }
  static std::optional<Setting> write(const std::optional<T>& value) {
    return value ? Form<T>::write(*value) : std::nullopt;
  }
};

template <class T>
struct Form<std::vector<T>> {
  static constexpr auto kKind = Setting::Kind::list;
  static std::string type() { return "list of " + Form<T>::type(); }
  static void reset(std::vector<T>& into, std::string_view /*none*/) { into.clear(); }
  static std::string read(std::vector<T>& into, const Setting& setting) {
    if (auto why = refused_kind(setting, Setting::Kind::list); !why.empty()) return why;
    std::vector<T> values(setting.items.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (auto why = Form<T>::read(values[i], setting.items[i]); !why.empty())
        return "has an entry that " + why;
    }
    into = std::move(values);
    return {};
  }
  static std::optional<Setting> write(const std::vector<T>& values) {
    Setting list{.kind = kKind};
    for (const auto& value : values) list.items.push_back(*Form<T>::write(value));
    return list;
  }
};

template <>
struct Form<std::map<std::string, std::string>> {
  static constexpr auto kKind = Setting::Kind::table;
  static std::string type() { return "table of text"; }
  static void reset(std::map<std::string, std::string>& into, std::string_view /*none*/) {
    into.clear();
  }
  static std::string read(std::map<std::string, std::string>& into, const Setting& setting);
  static std::optional<Setting> write(const std::map<std::string, std::string>& values);
};

/// The row of `member`, which may be of a base of Owner; its type follows from the member's.
template <class Owner, auto member>
Key<Owner> key(KeyDoc doc) {
  using Member = std::remove_reference_t<decltype(std::declval<Owner&>().*member)>;
  return {
      doc,
      Form<Member>::type(),
      [](Owner& owner, const Setting& setting) {
        return Form<Member>::read(owner.*member, setting);
      },
      [](Owner& owner, std::string_view fallback) { Form<Member>::reset(owner.*member, fallback); },
      [](const Owner& owner) { return Form<Member>::write(owner.*member); },
      Form<Member>::kKind};
}

/// Refusals of keys: what is wrong, where, and what to do.
Error unknown_key(const Source& source, const Setting& setting,
                  const std::vector<std::string>& known);
Error missing_key(const Source& source, const KeyDoc& doc);

/// Takes every key of `table` that `keys` has into `owner`, whose `source` it fills. Keys of
/// `elsewhere` are left to the caller. False when anything was refused, which is then in
/// `problems`.
template <class Owner>
bool read_keys(Owner& owner, const Setting& table, const std::vector<Key<Owner>>& keys,
               const std::vector<std::string>& elsewhere, std::vector<Error>& problems) {
  const auto before = problems.size();
  std::vector<std::string> known = elsewhere;
  for (const auto& row : keys) known.emplace_back(row.doc.name);
  for (const auto& setting : table.items) owner.source.lines[setting.key] = setting.line;
  for (const auto& setting : table.items) {
    if (std::find(known.begin(), known.end(), setting.key) == known.end())
      problems.push_back(unknown_key(owner.source, setting, known));
  }
  for (const auto& row : keys) {
    const auto found = std::find_if(table.items.begin(), table.items.end(),
                                    [&](const Setting& each) { return each.key == row.doc.name; });
    if (found == table.items.end()) {
      if (row.doc.need == options::Need::required)
        problems.push_back(missing_key(owner.source, row.doc));
    } else if (const auto why = row.assign(owner, *found); !why.empty()) {
      problems.push_back(refusal(owner.source, found->key, "key '" + found->key + "' " + why,
                                 "correct the value"));
    }
  }
  return problems.size() == before;
}

template <class Owner>
void reset(Owner& owner, const std::vector<Key<Owner>>& keys) {
  for (const auto& row : keys) row.reset(owner, row.doc.fallback);
}

}  // namespace havc::inventory
