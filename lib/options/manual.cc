#include "options/manual.h"

#include <fmt/format.h>

#include "base/text.h"

namespace havc::options {

std::string roff(std::string_view text) {
  std::string result;
  // A line must not begin with a control character.
  if (text.starts_with('.') || text.starts_with('\'')) result = "\\&";
  for (const char letter : text) {
    switch (letter) {
      case '\\':
        result += "\\e";
        break;
      case '-':
        result += "\\-";  // else a typographic one
        break;
      case '\'':
        result += "\\(aq";
        break;
      case '^':
        result += "\\(ha";
        break;
      case '~':
        result += "\\(ti";
        break;
      default:
        result += letter;
    }
  }
  return result;
}

std::string page_begin(std::string_view name, int section, std::string_view version,
                       std::string_view manual) {
  return fmt::format(".TH {} {} \"\" \"havc {}\" \"{}\"\n.nh\n.ad l\n", roff(name), section,
                     roff(version), manual);
}

std::string page_section(std::string_view title) {
  return fmt::format(".SH {}\n", title);
}

std::string page_item(std::string_view name, std::string_view text) {
  return fmt::format(".TP\n.B {}\n{}\n", roff(name), text);
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

std::string page_example(const std::vector<std::string>& lines) {
  std::string text = ".nf\n";
  for (const auto& line : lines) text += roff(line) + "\n";
  return text + ".fi\n";
}

}  // namespace havc::options
