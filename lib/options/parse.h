// From texts to a struct, once. All problems are collected, so that an administrator corrects them in one go.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/environment.h"
#include "base/error.h"
#include "options/parameter.h"

namespace havc::options {

struct Problem {
  std::string name;
  std::string text;  ///< "parameter 'x' is 'y': not a number …"
  Kind kind = Kind::tuning;
};

template <class Options>
struct Parsed {
  Options options;
  std::vector<Problem> problems;  ///< bad rows have their default in `options`
};

/// The value given for a row under `prefix`, by its name or the first alias that is set. A value that is empty counts as not given, except for its name alone.
std::optional<std::string> given(const ParameterDoc& doc, const Environment& source, std::string_view prefix);

/// A required row without a value.
Problem missing(const ParameterDoc& doc);
/// A text that was refused.
Problem refused(const ParameterDoc& doc, std::string_view text, std::string_view expected,
                std::span<const std::string_view> choices);

/// The same, of a type that says by itself what is wrong.
Problem refused(const ParameterDoc& doc, const std::string& why);

/// Throws Error(misconfigured) that names the first problem and the count of the others, if there are any.
void refuse(const std::vector<Problem>& problems);

/// The warning about one name that is not among the known ones, with the nearest of them.
std::string unknown_name(const std::string& name, const std::vector<std::string>& known);

/// Warnings about names under `prefix` that no row has, with the nearest name that exists.
std::vector<std::string> unknown_names(const std::vector<ParameterRow>& rows, const Environment& source,
                                       std::string_view prefix, const std::vector<std::string_view>& tolerated_prefixes);

template <class Table>
std::vector<ParameterRow> rows_of(const Table& table) {
  std::vector<ParameterRow> rows;
  rows.reserve(table.size());
  for (const auto& parameter : table) rows.push_back(parameter.row());
  return rows;
}

/// `Options` with every row's value from `source`, whose names all begin with `prefix`, or its default.
template <class Options, class Table>
Parsed<Options> parse(const Table& table, const Environment& source, std::string_view prefix) {
  Parsed<Options> result;
  for (const auto& row : table) {
    row.assign(result.options, row.doc.fallback);
    const auto text = given(row.doc, source, prefix);
    if (!text || text->empty()) {
      if (row.doc.need == Need::required) result.problems.push_back(missing(row.doc));
    } else if (!row.assign(result.options, *text)) {
      result.problems.push_back(row.explain == nullptr ? refused(row.doc, *text, row.expected, row.choices)
                                                       : refused(row.doc, row.explain(*text)));
    }
  }
  return result;
}

}  // namespace havc::options
