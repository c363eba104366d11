// What documents say of commands is so: each `havc COMMAND` that they name is there, with each of
// its options.

#include <algorithm>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "havc/commands.h"
#include "havc/help.h"
#include "support/catch.h"

using namespace havc;
using namespace havc::cli;

namespace {

/// Pieces of code: of `spans`, and whole lines of indented blocks.
std::vector<std::string> code_of(const std::string& document) {
  std::vector<std::string> found;
  for (const auto& line : text::split(document, "\n")) {
    if (line.starts_with("    ")) {
      found.push_back(line);
      continue;
    }
    std::size_t end = 0;
    for (auto begin = line.find('`'); begin != line.npos; begin = line.find('`', end + 1)) {
      end = line.find('`', begin + 1);
      if (end == line.npos) break;
      found.push_back(line.substr(begin + 1, end - begin - 1));
    }
  }
  return found;
}

/// The words after each "havc" that begins a command.
std::vector<std::vector<std::string>> calls_in(const std::string& code) {
  std::vector<std::vector<std::string>> calls;
  bool begins = true;
  bool inside = false;
  for (const auto& word : text::split(code, " ")) {
    if (begins && word == "havc") {
      calls.emplace_back();
      inside = true;
    } else if (word == "|" || word == "||" || word == "&&" || word == "#") {
      inside = false;
    } else if (inside) {
      calls.back().push_back(word.substr(0, word.find(';')));
    }
    begins = word == "do" || word == "|" || word == "||" || word == "&&" || word.ends_with(";");
    if (word.ends_with(";")) inside = false;
  }
  return calls;
}

bool begins_with(const std::vector<std::string>& words, std::string_view name) {
  const auto wanted = text::split(name, " ");
  return wanted.size() <= words.size() && std::equal(wanted.begin(), wanted.end(), words.begin());
}

/// The sub-command of most words that these begin with.
const Command* command_of(const std::vector<std::string>& words) {
  const Command* found = nullptr;
  for (const Command* each : commands()) {
    if (begins_with(words, each->name) &&
        (found == nullptr || each->name.size() > found->name.size()))
      found = each;
  }
  return found;
}

/// "havc import" is none, but what several begin with.
bool begins_some(const std::vector<std::string>& words) {
  const auto all = commands();
  return std::any_of(all.begin(), all.end(), [&](const Command* each) {
    return begins_with(text::split(each->name, " "), text::join(words, " "));
  });
}

bool has_option(const Command& command, const std::string& word) {
  const auto rows = options_of(command);
  const std::string name = word.substr(0, word.find('='));
  return name == "--help" ||
         std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
}

/// What is told and is not there.
std::vector<std::string> wrong_in(const std::string& document) {
  std::vector<std::string> wrong;
  for (const auto& code : code_of(document)) {
    for (const auto& words : calls_in(code)) {
      if (words.empty() || words.front() == "COMMAND") continue;
      const Command* command = command_of(words);
      if (command == nullptr) {
        if (!begins_some(words)) wrong.push_back("no such command: havc " + text::join(words, " "));
        continue;
      }
      for (const auto& word : words) {
        if (word.starts_with("--") && !has_option(*command, word))
          wrong.push_back("no such option: havc " + text::join(words, " "));
      }
    }
  }
  return wrong;
}

}  // namespace

TEST_CASE("commands are found in code, and what is not there is told", "[havc]") {
  CHECK(wrong_in("Say `havc check --json`, not `havc chekc` or\n\n"
                 "    havc check --jsn || havc status2; true\n\nhavc nothing") ==
        std::vector<std::string>{"no such command: havc chekc", "no such option: havc check --jsn",
                                 "no such command: havc status2"});
}

TEST_CASE("each command and option that the documents name is there", "[havc]") {
  const std::string name =
      GENERATE("README.md", "tools/havc/MANAGING.md", "tools/havc/MIGRATING.md");
  CAPTURE(name);
  CHECK(wrong_in(read_file(HAVC_SOURCE_DIR "/" + name, std::size_t{1} << 20)) ==
        std::vector<std::string>{});
}
