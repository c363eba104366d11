// Tables of words for the simulator's options and control lines: one row a word, and errors that
// list what would have been right.
#pragma once

#include <string>
#include <string_view>

namespace havc::chassis {

template <class T>
struct Word {
  std::string_view word;
  T value;
};

/// Throws Error(misconfigured): `key` has a `value` that is not `wanted`.
[[noreturn]] void refuse_value(std::string_view key, std::string_view value,
                               const std::string& wanted);

/// A number from 0 to `most`. Throws Error(misconfigured).
int number_of(std::string_view key, std::string_view value, int most);
/// 0 or 1. Throws Error(misconfigured).
bool flag_of(std::string_view key, std::string_view value);

template <class Table>
std::string words_of(const Table& table) {
  std::string words;
  for (const auto& row : table) {
    if (!words.empty()) words += ", ";
    words += row.word;
  }
  return words;
}

/// The value of the row that `value` names. Throws Error(misconfigured).
template <class Table>
auto value_of(std::string_view key, std::string_view value, const Table& table) {
  for (const auto& row : table) {
    if (value == row.word) return row.value;
  }
  refuse_value(key, value, "one of: " + words_of(table));
}

/// Applies `assignment`, KEY=VALUE, by the row of `table` that has the key and a function
/// (T&, std::string_view value). Throws Error(misconfigured).
template <class T, class Table>
void assign(T& thing, std::string_view what, std::string_view assignment, const Table& table) {
  const auto equals = assignment.find('=');
  for (const auto& row : table) {
    if (equals == std::string_view::npos || assignment.substr(0, equals) != row.word) continue;
    row.value(thing, assignment.substr(equals + 1));
    return;
  }
  refuse_value(what, assignment, "KEY=VALUE with one of: " + words_of(table));
}

}  // namespace havc::chassis
