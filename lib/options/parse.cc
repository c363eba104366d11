#include "options/parse.h"

#include <algorithm>

#include "base/text.h"

namespace havc::options {

std::optional<std::string> given(const ParameterDoc& doc, const Environment& source, std::string_view prefix) {
  std::vector<std::string> names{std::string(doc.name)};
  for (auto& alias : text::split(doc.aliases, " ")) names.push_back(std::move(alias));
  for (const auto& name : names) {
    const std::string& value = source.get(std::string(prefix) + name);
    if (!value.empty()) return value;
  }
  return {};
}

Problem missing(const ParameterDoc& doc) {
  return {std::string(doc.name), "required parameter '" + std::string(doc.name) + "' is not set", doc.kind};
}

Problem refused(const ParameterDoc& doc, std::string_view text, std::string_view expected,
                std::span<const std::string_view> choices) {
  constexpr std::size_t kLongest = 40;
  const std::string value = text::without_password(std::string(text));
  std::string wanted(expected);
  if (!choices.empty()) {
    wanted = "one of";
    for (const auto& choice : choices) wanted += " " + std::string(choice);
  }
  return {std::string(doc.name),
          "parameter '" + std::string(doc.name) + "' is '" + text::one_line(value, kLongest) + "', not " + wanted,
          doc.kind};
}

Problem refused(const ParameterDoc& doc, const std::string& why) {
  return {std::string(doc.name), "parameter '" + std::string(doc.name) + "': " + why, doc.kind};
}

void refuse(const std::vector<Problem>& problems) {
  if (problems.empty()) return;
  std::string others;
  if (problems.size() > 1) others = " (and " + std::to_string(problems.size() - 1) + " more)";
  throw Error(Fault::misconfigured, problems.front().text + others, "correct the resource's parameters");
}

static bool begins_with_any(std::string_view text, const std::vector<std::string_view>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return text.starts_with(prefix); });
}

std::string unknown_name(const std::string& name, const std::vector<std::string>& known) {
  const auto meant = text::nearest(name, known);
  return "unknown parameter " + text::quote(name) + " is ignored" + (meant ? "; did you mean '" + *meant + "'?" : "");
}

std::vector<std::string> unknown_names(const std::vector<ParameterRow>& rows, const Environment& source,
                                       std::string_view prefix,
                                       const std::vector<std::string_view>& tolerated_prefixes) {
  std::vector<std::string> known;
  for (const auto& row : rows) {
    known.emplace_back(row.doc.name);
    for (auto& alias : text::split(row.doc.aliases, " ")) known.push_back(std::move(alias));
  }
  std::vector<std::string> warnings;
  for (const auto& [full_name, value] : source.values()) {
    if (!std::string_view(full_name).starts_with(prefix)) continue;
    const std::string name = full_name.substr(prefix.size());
    if (begins_with_any(name, tolerated_prefixes)) continue;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    warnings.push_back(unknown_name(name, known));
  }
  return warnings;
}

}  // namespace havc::options
