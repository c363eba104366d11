#include "havc/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/environment.h"
#include "base/text.h"
#include "havc/cell_json.h"

namespace havc::cli {

namespace {

using Json = nlohmann::ordered_json;

/// Of a call's command: which of its columns, in which order.
using Chosen = std::vector<std::size_t>;

std::size_t index_of(const Command& command, const std::string& key) {
  std::vector<std::string> keys;
  for (const auto& column : command.columns) {
    if (column.key == key) return keys.size();
    keys.emplace_back(column.key);
  }
  const auto meant = text::nearest(key, keys);
  throw Error(
      Fault::misconfigured, "there is no column " + text::quote(key),
      meant ? "did you mean " + text::quote(*meant) + "?" : "there are: " + text::join(keys, ", "));
}

Chosen chosen_columns(const Call& call) {
  const auto& columns = call.command().columns;
  const std::string wanted = call.text("--columns");
  Chosen chosen;
  if (!wanted.empty() && wanted != "all") {
    for (const auto& key : text::split(wanted, ", "))
      chosen.push_back(index_of(call.command(), key));
    return chosen;
  }
  // JSON has all of them: who reads it takes what they want.
  const bool all = wanted == "all" || call.common().json;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (all || columns[i].shown) chosen.push_back(i);
  }
  return chosen;
}

/// What programs and files said must not move a terminal's cursor.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; }, '?');
  return text;
}

std::string text_of(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell))
    return text->empty() ? "-" : printable(*text);
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&cell)) return *flag ? "yes" : "no";
  if (const auto* list = std::get_if<std::vector<std::string>>(&cell))
    return list->empty() ? "-" : printable(text::join(*list, ","));
  return "-";
}

bool holds(const Cell& cell, const std::string& wanted) {
  const auto* list = std::get_if<std::vector<std::string>>(&cell);
  if (list != nullptr) return std::find(list->begin(), list->end(), wanted) != list->end();
  return text_of(cell) == wanted;
}

void print_json(Call& call, std::string_view schema, const std::vector<Row>& rows,
                const Chosen& chosen) {
  Json items = Json::array();
  for (const auto& row : rows) {
    Json item = Json::object();
    for (const std::size_t i : chosen)
      item[std::string(call.command().columns[i].key)] = json_of<Json>(row[i]);
    items.push_back(std::move(item));
  }
  const Json all{{"schema", schema}, {"items", std::move(items)}};
  call.out() << all.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

/// Characters, not bytes: what continues one in UTF-8 takes no room.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char letter) {
    return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U;
  }));
}

struct Line {
  std::vector<std::string> cells = {};
  std::string_view style = {};
};

std::vector<std::size_t> widths_of(const std::vector<Line>& lines, std::size_t columns) {
  std::vector<std::size_t> widths(columns, 0);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < columns; ++i)
      widths[i] = std::max(widths[i], width_of(line.cells[i]));
  }
  return widths;
}

bool coloured(Call& call) {
  return &call.out() == &std::cout && isatty(STDOUT_FILENO) == 1 &&
         Environment::of_process().get("NO_COLOR").empty();
}

void print_text(Call& call, const std::vector<Row>& rows, const Chosen& chosen,
                const Style& style) {
  const bool styled = style && coloured(call);
  std::vector<Line> lines;
  if (!call.flag("--no-headers")) {
    auto& titles = lines.emplace_back();
    for (const std::size_t i : chosen) titles.cells.emplace_back(call.command().columns[i].title);
  }
  for (const auto& row : rows) {
    auto& line = lines.emplace_back();
    for (const std::size_t i : chosen) line.cells.push_back(text_of(row[i]));
    if (styled) line.style = style(row);
  }
  const auto widths = widths_of(lines, chosen.size());
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      text += line.cells[i];
      if (i + 1 < widths.size()) text += std::string(widths[i] - width_of(line.cells[i]) + 2, ' ');
    }
    call.out() << (line.style.empty() ? text : fmt::format("\x1b[{}m{}\x1b[0m", line.style, text))
               << '\n';
  }
}

}  // namespace

std::vector<Row> filtered(const Call& call, const std::vector<Row>& rows) {
  std::vector<Row> result = rows;
  for (const auto& filter : call.texts("--filter")) {
    const auto equals = filter.find('=');
    if (equals == std::string::npos)
      throw Error(Fault::misconfigured, "--filter " + text::quote(filter) + " has no '='",
                  "write KEY=VALUE");
    const std::size_t column = index_of(call.command(), filter.substr(0, equals));
    const std::string wanted = filter.substr(equals + 1);
    std::erase_if(result, [&](const Row& row) { return !holds(row[column], wanted); });
  }
  return result;
}

void print_rows(Call& call, std::string_view schema, const std::vector<Row>& rows,
                const Style& style) {
  const Chosen chosen = chosen_columns(call);
  const auto shown = filtered(call, rows);
  if (call.common().json) return print_json(call, schema, shown, chosen);
  print_text(call, shown, chosen, style);
}

}  // namespace havc::cli
