#include "options/manual.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace havc::options {

namespace {

constexpr std::string_view kParagraph = ".PP\n";
constexpr std::size_t kLongestLine =
    78;  // mandoc's lint warns beyond 80; some is for what begins a line

std::string_view escape_of(char letter) {
  switch (letter) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";  // else a typographic one
    case '\'':
      return "\\(aq";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    case '`':
      return "\\(ga";
    default:
      return {};
  }
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& letter : result) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return result;
}

/// A line must not begin with a control character.
std::string guarded(const std::string& line) {
  return line.starts_with('.') ? "\\&" + line : line;
}

}  // namespace

std::string literal(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    const auto escape = escape_of(letter);
    escape.empty() ? result.push_back(letter) : static_cast<void>(result.append(escape));
  }
  return guarded(result);
}

std::string roff(std::string_view text) {
  std::vector<std::string> lines{""};
  for (const auto& word : text::split(text, " \n")) {
    std::string& line = lines.back();
    const std::string escaped = literal(word);
    if (line.empty()) {
      line = escaped;
    } else if (line.size() + 1 + escaped.size() <= kLongestLine) {
      line += " " + escaped;
    } else {
      lines.push_back(escaped);
    }
  }
  return text::join(lines, "\n");
}

std::string page_begin(const Page& page, std::string_view purpose) {
  // No more space behind a sentence than between words, since lines end where they may.
  const std::string name = literal(page.name) + " \\-";
  const std::string text = roff(purpose);
  const auto first = std::min(text.find('\n'), text.size());
  return fmt::format(".TH {} {} {} \"havc {}\" \"{}\"\n.nh\n.ad l\n.ss 12 0\n.SH NAME\n{}{}{}\n",
                     literal(upper(page.name)), page.section, page.date, literal(page.version),
                     page.collection, name, name.size() + 1 + first > kLongestLine ? '\n' : ' ',
                     text);
}

std::string page_section(std::string_view title, std::string_view body) {
  if (body.starts_with(kParagraph)) body.remove_prefix(kParagraph.size());
  return fmt::format(".SH {}\n{}", title, body);
}

std::string page_paragraph(std::string_view text) {
  return std::string(kParagraph) + roff(text) + "\n";
}

std::string page_item(std::string_view name, std::string_view text) {
  return fmt::format(".TP\n.B {}\n{}\n", literal(name), text);
}

std::string facts(const ParameterRow& row, std::string_view type) {
  const auto& doc = row.doc;
  std::vector<std::string> parts{std::string(type)};
  if (!row.choices.empty()) parts.front() = fmt::format("one of {}", fmt::join(row.choices, ", "));
  if (doc.need == Need::required) parts.emplace_back("required");
  if (!doc.fallback.empty()) parts.push_back(fmt::format("default {}", doc.fallback));
  if (!doc.unique_group.empty()) parts.emplace_back("different for each resource");
  if (doc.reloadable) parts.emplace_back("changed without a restart");
  if (!doc.aliases.empty()) parts.push_back(fmt::format("also called {}", doc.aliases));
  return roff("(" + text::join(parts, "; ") + ")");
}

std::string page_example(std::string_view text, const std::vector<std::string>& lines) {
  std::string result = page_paragraph(text) + ".PP\n.RS 4\n.nf\n";
  for (const auto& line : lines) result += literal(line) + "\n";
  return result + ".fi\n.RE\n";
}

std::string page_see_also(const std::vector<std::string>& pages) {
  std::vector<std::string> lines;
  for (const auto& page : pages) {
    const auto bracket = std::min(page.find('('), page.size());
    lines.push_back(
        fmt::format(".BR {} {}", literal(page.substr(0, bracket)), page.substr(bracket)));
  }
  return page_section("SEE ALSO", text::join(lines, ",\n") + "\n");
}

}  // namespace havc::options
