#include "fence/input.h"

#include <algorithm>

#include "base/text.h"
#include "options/parse.h"
#include "stonith/parameters.h"

namespace havc::fence {

namespace {

using stonith::Face;
using stonith::Reach;

std::vector<std::string> names_of(const stonith::Parameter& row) {
  std::vector<std::string> names{std::string(row.parameter.doc.name)};
  for (auto& alias : text::split(row.parameter.doc.aliases, " ")) names.push_back(std::move(alias));
  return names;
}

/// Every name that standard input may have.
std::vector<std::string> input_names() {
  std::vector<std::string> names;
  for (const auto& row : stonith::parameters(Face::fence)) {
    if (row.fence.reach == Reach::command_line || row.fence.reach == Reach::person) continue;
    for (auto& name : names_of(row)) names.push_back(std::move(name));
  }
  return names;
}

/// What comes with a device's own parameters: fenced adds nodeid, tools for validate-all leave the
/// cluster's own settings of the device in.
bool sent_by_clusters(std::string_view name) {
  return name == "nodeid" || name.starts_with("pcmk_") || name.starts_with("CRM_meta_") ||
         name == "crm_feature_set";
}

void warn(Input& input, std::string warning) {
  auto& all = input.warnings;
  if (std::find(all.begin(), all.end(), warning) == all.end()) all.push_back(std::move(warning));
}

std::string_view without_quotes(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

Input parse_input(std::string_view text) {
  const auto known = input_names();
  Input input;
  for (const auto& each : text::split(text, "\n")) {
    const auto line = text::trim(each);
    if (line.empty() || line.front() == '#') continue;
    const auto equals = std::min(line.find('='), line.size());
    std::string name(text::trim(line.substr(0, equals)));
    std::replace(name.begin(), name.end(), '-', '_');
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      if (!sent_by_clusters(name)) warn(input, options::unknown_name(name, known));
      continue;
    }
    const auto value = line.substr(std::min(equals + 1, line.size()));
    input.values.set(std::move(name), std::string(without_quotes(value)));
  }
  return input;
}

Environment parse_arguments(const CommandLine& parse, const std::vector<std::string>& arguments) {
  std::vector<options::Switch> switches;
  for (const auto& row : stonith::parameters(Face::fence)) {
    if (row.fence.reach == Reach::unlisted) continue;
    const auto names = names_of(row);
    switches.push_back({.name = names.front(),
                        .aliases = {names.begin() + 1, names.end()},
                        .letter = row.fence.letter,
                        .takes_value = !row.fence.argument.empty()});
  }
  Environment values;
  for (auto& [name, value] : parse(switches, arguments)) values.set(name, value);
  return values;
}

}  // namespace havc::fence
