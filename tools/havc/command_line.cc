#include "havc/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.h"
#include "havc/help.h"

namespace havc::cli {

namespace {

constexpr OptionRow kCommon[] = {
    {"--config", "DIR", "Folder of the inventory", Takes::one, "/etc/havc"},
    {"--cib", "FILE", "Look at this configuration of a cluster instead of a cluster", Takes::one},
    {"--ask", "NODE", "Ask this node about the cluster, and no other", Takes::one},
    {"--timeout", "SECONDS", "For looking; changes take as long as their operations may",
     Takes::one, "10"},
    {"--json", "", "Answer with JSON"},
    {"--yes", "", "Do not ask whether to go on"},
    {"--dry-run", "", "Tell what would be done, and do nothing"},
    {"--help", "", "Tell about this command"},
};

constexpr OptionRow kTable[] = {
    {"--columns", "KEYS", "Show these columns, separated by commas; 'all' shows each", Takes::one},
    {"--filter", "KEY=VALUE", "Show rows alone that have this value; may be given several times",
     Takes::many},
    {"--no-headers", "", "Leave the titles out"},
};

constexpr std::string_view kTitles[] = {"Looking",   "Changing", "Reaching a VM",
                                        "Inventory", "Checking", "For havc itself"};

void declare(CLI::App& app, const OptionRow& row, Given& given) {
  const std::string name(row.name);
  if (row.takes == Takes::nothing) {
    app.add_flag_function(name, [&given, name](std::int64_t) { given[name].emplace_back(); });
    return;
  }
  const auto take = [&given, name](const std::vector<std::string>& values) {
    given[name] = values;
  };
  CLI::Option* option = app.add_option_function<std::vector<std::string>>(name, take);
  if (row.takes == Takes::one) option->expected(1);
  if (!row.positional() || row.takes == Takes::one)
    option->allow_extra_args(false);  // the next word is not its own
}

/// Where the words for another program begin: behind as many words as the positionals take.
std::size_t begin_of_rest(const std::vector<OptionRow>& rows,
                          const std::vector<std::string>& arguments) {
  auto left = std::count_if(rows.begin(), rows.end(), [](const OptionRow& row) {
    return row.positional() && row.takes == Takes::one;
  });
  std::size_t i = 0;
  for (; i < arguments.size() && left > 0; ++i) {
    if (!arguments[i].starts_with("-")) {
      --left;
      continue;
    }
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const OptionRow& each) { return each.name == arguments[i]; });
    if (row != rows.end() && row->takes != Takes::nothing) ++i;
  }
  return std::min(i, arguments.size());
}

/// Throws CLI::ParseError.
Given parse(const Command& command, std::vector<std::string> arguments) {
  CLI::App app;
  app.set_help_flag();  // --help is a row
  Given given;
  const auto rows = options_of(command);
  for (const auto& row : rows) {
    if (row.takes != Takes::rest) {
      declare(app, row, given);
      continue;
    }
    const auto begin =
        arguments.begin() + static_cast<std::ptrdiff_t>(begin_of_rest(rows, arguments));
    if (begin != arguments.end()) given[std::string(row.name)] = {begin, arguments.end()};
    arguments.erase(begin, arguments.end());
  }
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  app.parse(arguments);
  return given;
}

void require_all(const Command& command, const Given& given) {
  for (const auto& row : command.options) {
    if (row.need == options::Need::required && !given.contains(row.name))
      throw CLI::RequiredError(std::string(row.name));
  }
}

std::string one(const Given& given, std::string_view name, const std::string& otherwise) {
  const auto found = given.find(name);
  return found == given.end() ? otherwise : found->second.front();
}

Common common_of(const Given& given) {
  Common common;
  common.folder = one(given, "--config", common.folder);
  common.cib = one(given, "--cib", {});
  common.node = one(given, "--ask", {});
  common.json = given.contains("--json");
  common.yes = given.contains("--yes");
  common.dry_run = given.contains("--dry-run");
  if (given.contains("--timeout")) {
    const std::string text = one(given, "--timeout", {});
    const auto seconds = options::Text<std::chrono::seconds>::parse(text);
    if (!seconds || seconds->count() == 0)
      throw CLI::ValidationError("--timeout",
                                 text::quote(text) + " is no number of seconds from 1");
    common.timeout = *seconds;
  }
  return common;
}

/// The command whose name is the first word or the first two; `words` is how many.
const Command* find(std::span<const Command* const> commands,
                    const std::vector<std::string>& arguments, std::size_t& words) {
  for (words = std::min<std::size_t>(2, arguments.size()); words > 0; --words) {
    const std::string name = words == 2 ? arguments[0] + " " + arguments[1] : arguments[0];
    for (const Command* each : commands) {
      if (each->name == name) return each;
    }
  }
  return nullptr;
}

int unknown(std::span<const Command* const> commands, const std::string& word, std::ostream& err) {
  std::vector<std::string> names;
  std::string members;  // "import" alone is no command, but has some
  for (const Command* each : commands) {
    if (each->hidden) continue;
    names.emplace_back(each->name);
    if (each->name.starts_with(word + " ")) members += fmt::format(" '{}'", each->name);
  }
  if (!members.empty()) {
    err << fmt::format("havc: '{}' needs a second word:{}\n", word, members);
    return kUsage;
  }
  if (word.starts_with("-")) {
    err << fmt::format("havc: {} stands where the command belongs; write options behind it\n",
                       text::quote(word));
    return kUsage;
  }
  const auto meant = text::nearest(word, names);
  err << fmt::format("havc: there is no command {}; {}\n", text::quote(word),
                     meant ? fmt::format("did you mean '{}'?", *meant) : "see 'havc --help'");
  return kUsage;
}

void tell(const Error& error, const Common& common, std::ostream& out, std::ostream& err) {
  err << "havc: " << error.what() << '\n';
  if (!common.json) return;
  const nlohmann::ordered_json told{
      {"schema", "havc.error/1"}, {"problem", error.problem()}, {"remedy", error.remedy()}};
  out << told.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

int run(const Command& command, const std::vector<std::string>& arguments, std::ostream& out,
        std::ostream& err) {
  Common common;
  try {
    Given given = parse(command, arguments);
    if (given.contains("--help")) {
      out << help_of(command);
      return kDone;
    }
    require_all(command, given);
    common = common_of(given);
    Call call(command, common, std::move(given), out, err);
    return command.run(call);
  } catch (const CLI::ParseError& error) {
    err << fmt::format("havc {0}: {1}; see 'havc {0} --help'\n", command.name, error.what());
    return kUsage;
  } catch (const Error& error) {
    tell(error, common, out, err);
  } catch (const std::exception& error) {
    tell(
        Error(Fault::failed, fmt::format("'havc {}' cannot go on: {}", command.name, error.what())),
        common, out, err);
  }
  return kFailed;
}

}  // namespace

std::span<const OptionRow> common_options() {
  return kCommon;
}
std::span<const OptionRow> table_options() {
  return kTable;
}
std::string_view title_of(Group group) {
  return kTitles[static_cast<std::size_t>(group)];
}

int run(std::span<const Command* const> commands, const std::vector<std::string>& arguments,
        std::ostream& out, std::ostream& err) {
  if (arguments.empty()) {
    err << help_of(commands);
    return kUsage;
  }
  std::vector<std::string> words = arguments;
  if (words.front() == "help" && words.size() > 1) {  // "havc help plan"
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  if (words.front() == "--help" || words.front() == "-h" || words.front() == "help") {
    out << help_of(commands);
    return kDone;
  }
  if (words.front() == "--version") {
    out << "havc " HAVC_VERSION "\n";
    return kDone;
  }
  std::size_t length = 0;
  const Command* command = find(commands, words, length);
  if (command == nullptr) return unknown(commands, words.front(), err);
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(length));
  return run(*command, words, out, err);
}

}  // namespace havc::cli
