// One row per parameter: its documentation and where its value goes. Parsing, defaults, validation, meta-data, usage
// and manual pages are all made from these rows, so they cannot disagree.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>

#include "options/value.h"

namespace havc::options {

enum class Need { required, optional };

/// Identity must be right for any action to make sense; a bad tuning row falls back to its default with a warning
/// where the action must not fail for it (a typo in a mail address must never turn a stop into a fencing).
enum class Kind { identity, tuning };

struct ParameterDoc {
  std::string_view name;
  std::string_view shortdesc;
  std::string_view longdesc;
  std::string_view fallback = {};  ///< the default as text: printed and parsed, hence the same
  Need need = Need::optional;
  Kind kind = Kind::tuning;
  bool reloadable = false;
  std::string_view unique_group = {};
  std::string_view aliases = {};  ///< other names that are accepted, separated by blanks
  std::string_view deprecated = {};  ///< why it should not be used any more; empty: it is not deprecated
};

/// The type-erased side of a row: what generators of text walk.
struct ParameterRow {
  ParameterDoc doc;
  ContentType type = ContentType::string;
  std::span<const std::string_view> choices = {};  ///< of a select
};

template <class Options>
struct Parameter {
  ParameterDoc doc;
  ContentType type;
  std::string_view expected;
  std::span<const std::string_view> choices;
  /// False when the text is refused; then the member keeps its value.
  bool (*assign)(Options& options, std::string_view text);
  /// Of a refused text, what is wrong with it: Text<T>::explain, where a type has it; else null.
  std::string (*explain)(std::string_view text);

  ParameterRow row() const { return {doc, type, choices}; }
};

template <class T>
concept Explains = requires(std::string_view text) {
  { Text<T>::explain(text) } -> std::same_as<std::string>;
};

template <class Member>
struct MemberOf;
template <class Owner, class Type>
struct MemberOf<Type Owner::*> {
  using Options = Owner;
  using Value = Type;
};

/// The row of `member`; content type and check follow from the member's C++ type.
template <auto member>
constexpr auto parameter(ParameterDoc doc) {
  using Options = typename MemberOf<decltype(member)>::Options;
  using Value = typename MemberOf<decltype(member)>::Value;
  Parameter<Options> row{doc, Text<Value>::kType, Text<Value>::kExpected, {}, nullptr, nullptr};
  if constexpr (Explains<Value>) row.explain = &Text<Value>::explain;
  if constexpr (Text<Value>::kType == ContentType::select) row.choices = Text<Value>::kWords;
  row.assign = [](Options& options, std::string_view text) {
    auto value = Text<Value>::parse(text);
    if (!value) return false;
    options.*member = std::move(*value);
    return true;
  };
  return row;
}

/// For static_assert: names unique and not empty, both descriptions there, no default where the value is required.
template <class Table>
constexpr bool well_formed(const Table& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const ParameterDoc& doc = table[i].doc;
    if (doc.name.empty() || doc.shortdesc.empty() || doc.longdesc.empty()) return false;
    if (doc.need == Need::required && !doc.fallback.empty()) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (table[j].doc.name == doc.name) return false;
    }
  }
  return true;
}

}  // namespace havc::options
