#include "fence/input.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
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

std::string_view without_quotes(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

Environment parse_input(std::string_view text) {
  const auto known = input_names();
  Environment values;
  for (const auto& each : text::split(text, "\n")) {
    const auto line = text::trim(each);
    if (line.empty() || line.front() == '#') continue;
    const auto equals = std::min(line.find('='), line.size());
    std::string name(text::trim(line.substr(0, equals)));
    std::replace(name.begin(), name.end(), '-', '_');
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      log::debug("unknown parameter " + text::quote(name) + " is ignored");
      continue;
    }
    const auto value = line.substr(std::min(equals + 1, line.size()));
    values.set(std::move(name), std::string(without_quotes(value)));
  }
  return values;
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
