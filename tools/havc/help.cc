#include "havc/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "havc/command_line.h"

namespace havc::cli {

namespace {

constexpr std::size_t kWidth = 80;

/// `text` from column `indent` on, within kWidth.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string result;
  std::size_t column = indent;
  for (const auto& word : text::split(text, " \n")) {
    if (column > indent && column + 1 + word.size() > kWidth) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += " ";
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

struct Entry {
  std::string name;
  std::string text;
};

std::string listed(const std::vector<Entry>& entries) {
  std::size_t longest = 0;
  for (const auto& each : entries) longest = std::max(longest, each.name.size());
  const std::size_t indent = std::min<std::size_t>(longest, 24) + 4;
  std::string result;
  for (const auto& each : entries) {
    result += fmt::format("  {:<{}}", each.name, indent - 2);
    if (each.name.size() + 2 >= indent) result += "\n" + std::string(indent, ' ');
    result += wrapped(each.text, indent) + "\n";
  }
  return result;
}

std::vector<Entry> entries_of(std::span<const OptionRow> rows) {
  std::vector<Entry> entries;
  for (const auto& row : rows) {
    std::string text(row.doc);
    if (!row.fallback.empty()) text += fmt::format(" (default: {})", row.fallback);
    entries.push_back({heading_of(row), text});
  }
  return entries;
}

}  // namespace

std::vector<std::string_view> paragraphs_of(std::string_view text) {
  std::vector<std::string_view> paragraphs;
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find("\n\n", from), text.size());
    paragraphs.push_back(text.substr(from, end - from));
    from = end + 2;
  }
  return paragraphs;
}

std::string heading_of(const OptionRow& row) {
  if (row.positional()) return std::string(row.name);
  return row.takes == Takes::nothing ? std::string(row.name)
                                     : fmt::format("{} {}", row.name, row.value);
}

std::vector<OptionRow> options_of(const Command& command) {
  std::vector<OptionRow> rows(command.options.begin(), command.options.end());
  if (!command.columns.empty())
    rows.insert(rows.end(), table_options().begin(), table_options().end());
  rows.insert(rows.end(), common_options().begin(), common_options().end());
  return rows;
}

std::string synopsis_of(const Command& command) {
  std::string text = fmt::format("havc {} [option ...]", command.name);
  for (const auto& row : command.options) {
    if (!row.positional()) continue;
    const std::string name = std::string(row.name) + (row.takes == Takes::one ? "" : " ...");
    text += row.need == options::Need::required ? " " + name : " [" + name + "]";
  }
  return text;
}

std::string help_of(std::span<const Command* const> commands) {
  std::string text =
      "usage: havc COMMAND [option ...]\n\n" +
      wrapped("Commissions, shows, checks and retires the virtual machines of a cluster.", 0) +
      "\n";
  for (int i = 0; i <= static_cast<int>(Group::node); ++i) {
    std::vector<Entry> entries;
    for (const Command* each : commands) {
      if (each->group == static_cast<Group>(i) && !each->hidden)
        entries.push_back({std::string(each->name), std::string(each->summary)});
    }
    if (!entries.empty())
      text += fmt::format("\n{}:\n{}", title_of(static_cast<Group>(i)), listed(entries));
  }
  text += "\nOptions of all commands:\n" + listed(entries_of(common_options()));
  return text + "\n'havc COMMAND --help' tells more; so do the manual pages.\n";
}

std::string help_of(const Command& command) {
  std::string text = "usage: " + synopsis_of(command) + "\n";
  for (const auto& each : paragraphs_of(command.description)) text += "\n" + wrapped(each, 0) + "\n";
  const auto rows = options_of(command);
  text += "\nOptions:\n" + listed(entries_of(rows));
  if (!command.columns.empty()) {
    std::vector<Entry> entries;
    for (const auto& each : command.columns)
      entries.push_back({std::string(each.key), std::string(each.doc)});
    text += "\nColumns:\n" + listed(entries);
  }
  for (const auto& each : command.examples)
    text += fmt::format("\n{}\n    {}\n", wrapped(each.text, 0), each.line);
  return text;
}

}  // namespace havc::cli
