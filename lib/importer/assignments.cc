#include "importer/assignments.h"

#include <algorithm>

#include "base/shell_words.h"
#include "base/text.h"

namespace havc::importer {

namespace {

bool is_name(std::string_view text) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
  return !text.empty() && text.find_first_not_of(kLetters) == std::string_view::npos &&
         (text[0] < '0' || text[0] > '9');
}

/// Without what follows a '#' that begins a word; quotation marks are seen.
std::string_view without_comment(std::string_view line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool begins = i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t';
    if (quote == 0 && line[i] == '#' && begins) return line.substr(0, i);
    if (quote != '\'' && line[i] == '\\') {
      ++i;
    } else if (quote == 0 && (line[i] == '"' || line[i] == '\'')) {
      quote = line[i];
    } else if (line[i] == quote) {
      quote = 0;
    }
  }
  return line;
}

/// Something that a shell would work out: $ and ` outside of '…'.
bool expands(std::string_view line) {
  bool single = false;
  bool twice = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && !single) {
      ++i;
    } else if (line[i] == '\'' && !twice) {
      single = !single;
    } else if (line[i] == '"' && !single) {
      twice = !twice;
    } else if ((line[i] == '$' || line[i] == '`') && !single) {
      return true;
    }
  }
  return false;
}

}  // namespace

Assignments::Assignments(std::string_view text, std::string file) : file_(std::move(file)) {
  constexpr const char* kRemedy = "write NAME=\"value\"";
  int number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text::trim(without_comment(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.starts_with("export ")) line = text::trim(line.substr(7));
    if (line.empty()) continue;
    const std::string place = file_ + ":" + std::to_string(number) + ": ";
    const auto refuse = [&](const std::string& why) {
      throw Error(Fault::misconfigured, place + why, kRemedy);
    };
    const auto sign = std::min(line.find('='), line.size());
    const std::string name(line.substr(0, sign));
    if (sign == line.size() || !is_name(name)) refuse("this is no assignment");
    const auto right = line.substr(sign + 1);
    if (expands(right)) refuse("the value of " + name + " is worked out by a shell ($ or `)");
    std::vector<std::string> words;
    try {
      words = shell_words(right);
    } catch (const Error& error) {
      refuse(error.problem());
    }
    if (words.size() > 1) refuse("behind the value of " + name + " stands something else");
    all_[name] = {words.empty() ? "" : words.front(), number};
  }
}

std::string Assignments::value(const std::string& name) const {
  const auto found = all_.find(name);
  return found == all_.end() ? std::string() : found->second.value;
}

Error Assignments::wrong(const std::string& name, const std::string& problem,
                         const std::string& remedy) const {
  const auto found = all_.find(name);
  const std::string line = found == all_.end() ? "" : ":" + std::to_string(found->second.line);
  return {Fault::misconfigured, file_ + line + ": " + problem, remedy};
}

void Assignments::refuse(const std::string& name) const {
  throw wrong(name,
              name + " is " + text::quote(text::one_line(value(name), 80)) +
                  ", which is no value for it",
              "correct it");
}

}  // namespace havc::importer
