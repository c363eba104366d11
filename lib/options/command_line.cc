#include "options/command_line.h"

#include <CLI/CLI.hpp>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace havc::options {

namespace {

std::string dashed(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return "--" + name;
}

/// "-o,--action"
std::string names_of(const Switch& row) {
  std::string names = dashed(row.name);
  for (const auto& alias : row.aliases) names += "," + dashed(alias);
  if (row.letter != 0) names += std::string(",-") + row.letter;
  return names;
}

/// An argument as far as it is no value.
std::string shown(const std::string& argument) {
  if (!argument.starts_with('-') || argument == "--") return "a word that belongs to no option";
  return "unknown option " + text::quote(argument.substr(0, argument.find('=')));
}

/// In the order that CLI11 takes: the last one first. Without a "--" at the end, and without
/// options whose value is empty, which count as not given.
std::vector<std::string> prepared(const std::vector<std::string>& names,
                                  std::vector<std::string> arguments) {
  if (!arguments.empty() && arguments.back() == "--") arguments.pop_back();
  const auto empty = [&](const std::string& argument) {
    return argument.ends_with('=') &&
           std::find(names.begin(), names.end(), argument.substr(0, argument.size() - 1)) !=
               names.end();
  };
  arguments.erase(std::remove_if(arguments.begin(), arguments.end(), empty), arguments.end());
  std::reverse(arguments.begin(), arguments.end());
  return arguments;
}

}  // namespace

Given parse_command_line(const std::vector<Switch>& switches,
                         const std::vector<std::string>& arguments) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();  // told in our own words
  std::vector<CLI::Option*> options;
  std::vector<std::string> names;
  for (const auto& row : switches) {
    auto* const option =
        row.takes_value ? app.add_option(names_of(row))->expected(1) : app.add_flag(names_of(row));
    names.push_back(dashed(row.name));
    options.push_back(option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast));
  }
  try {
    app.parse(prepared(names, arguments));
  } catch (const CLI::ParseError& error) {
    throw Error(Fault::misconfigured, std::string("the options cannot be read: ") + error.what(),
                "see --help");
  }
  if (const auto extras = app.remaining(); !extras.empty())
    throw Error(Fault::misconfigured, shown(extras.front()), "see --help");
  Given given;
  for (std::size_t i = 0; i < switches.size(); ++i) {
    if (options[i]->count() == 0) continue;
    given.emplace_back(switches[i].name,
                       switches[i].takes_value ? options[i]->results().back() : "1");
  }
  return given;
}

}  // namespace havc::options
