// Longer than other files: a table of shapes that secrets have, each a function that reads top to
// bottom.
#include "health/redact.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace havc::health {

namespace {

bool is_name(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '_' || letter == '-' || letter == '.';
}

bool is_blank(char letter) {
  return letter == ' ' || letter == '\t';
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

/// Where a value that begins at `at` ends: at its quote, else before a blank, or where `whole` at
/// the end of the text.
std::size_t end_of_value(std::string_view text, std::size_t at, bool whole) {
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
    const char quote = text[at];
    std::size_t end = at + 1;
    while (end < text.size() && text[end] != quote) end += text[end] == '\\' ? 2 : 1;
    return std::min(end, text.size());
  }
  if (whole) return text.size();
  return std::min(text.find_first_of(" \t\"'", at), text.size());
}

/// Appends the value at `at` hidden, with its opening quote; returns where the text goes on.
std::size_t hide(std::string_view text, std::size_t at, bool whole, std::string& result) {
  const std::size_t end = end_of_value(text, at, whole);
  if (at < end && (text[at] == '"' || text[at] == '\'')) result += text[at++];
  if (at < end) result += kHidden;
  return end;
}

/// name=VALUE, name: VALUE, "name": "VALUE", --name VALUE.
std::string without_assignments(std::string_view line) {
  std::string result;
  std::size_t at = 0;
  while (at < line.size()) {
    if (!is_name(line[at])) {
      result += line[at++];
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && is_name(line[end])) ++end;
    const auto name = line.substr(at, end - at);
    result += name;
    at = end;
    if (!is_secret_name(name)) continue;
    std::size_t next = at;
    if (next < line.size() && (line[next] == '"' || line[next] == '\'')) ++next;
    next = skip_blanks(line, next);
    const bool assigned = next < line.size() && (line[next] == '=' || line[next] == ':');
    const bool option = !assigned && name.starts_with('-') && next > at;
    if (!assigned && !option) continue;
    // Also of a list: "--password", "VALUE".
    if (option && next < line.size() && line[next] == ',') {
      next = skip_blanks(line, next + 1);
    }
    const std::size_t sign = next;
    if (assigned) next = skip_blanks(line, next + 1);
    result += line.substr(at, next - at);
    // With blanks around the sign the value may have some, too.
    at = hide(line, next, assigned && next > sign + 1, result);
  }
  return result;
}

/// Before the '>' that is in no quotes, or another '<'.
std::size_t end_of_tag(std::string_view text, std::size_t open) {
  char quote = 0;
  for (std::size_t at = open + 1; at < text.size(); ++at) {
    const char letter = text[at];
    if (letter == '<' || (letter == '>' && quote == 0)) return at;
    if (quote != 0 && letter == quote) {
      quote = 0;
    } else if (quote == 0 && (letter == '"' || letter == '\'')) {
      quote = letter;
    }
  }
  return text.size();
}

/// In <nvpair name="passwd" value="VALUE"/>, whatever the order of the two.
std::string without_pairs(std::string_view line) {
  std::string result;
  std::size_t at = 0;
  while (at < line.size()) {
    const std::size_t open = line.find('<', at);
    if (open == std::string_view::npos) break;
    const std::size_t close = end_of_tag(line, open);
    const auto tag = line.substr(open, close - open);
    result += line.substr(at, open - at);
    at = close;
    const auto value_of = [&](std::string_view attribute) {
      for (const char quote : {'"', '\''}) {
        const std::string begin = std::string(attribute) + "=" + quote;
        for (auto found = tag.find(begin); found != std::string_view::npos;
             found = tag.find(begin, found + 1)) {
          if (is_blank(tag[found - 1]) || tag[found - 1] == '\n') return found + begin.size();
        }
      }
      return std::string_view::npos;
    };
    const std::size_t name = value_of("name");
    const std::size_t value = value_of("value");
    const bool pair = name != std::string_view::npos && value != std::string_view::npos;
    if (!pair || !is_secret_name(tag.substr(name, tag.find(tag[name - 1], name) - name))) {
      result += tag;
      continue;
    }
    const std::size_t end = std::min(tag.find(tag[value - 1], value), tag.size());
    result += tag.substr(0, value);
    result += kHidden;
    result += tag.substr(end);
  }
  return result + std::string(line.substr(std::min(at, line.size())));
}

/// <secret …>VALUE</secret>, also without its end on this line.
std::string without_elements(std::string_view line) {
  std::string result;
  std::size_t at = 0;
  while (at < line.size()) {
    const std::size_t open = line.find('<', at);
    if (open == std::string_view::npos) break;
    std::size_t end = open + 1;
    while (end < line.size() && (is_name(line[end]) || line[end] == ':')) ++end;
    const std::size_t close = line.find('>', end);
    if (close == std::string_view::npos) break;
    result += line.substr(at, close + 1 - at);
    at = close + 1;
    if (!is_secret_name(line.substr(open + 1, end - open - 1)) || line[close - 1] == '/') continue;
    const std::size_t next = std::min(line.find('<', at), line.size());
    // What has children is no value; they are looked at.
    if (next > at && line.compare(next, 1, "<") == 0 && line.compare(next, 2, "</") != 0) continue;
    if (next > at) result += kHidden;
    at = next;
  }
  return result + std::string(line.substr(std::min(at, line.size())));
}

/// Words of snmp.conf(5) and snmpd.conf(5) whose line holds a secret.
bool is_snmp_word(const std::string& word) {
  constexpr std::array<std::string_view, 16> kWords{
      "rocommunity", "rwcommunity",  "rocommunity6", "rwcommunity6", "authcommunity", "com2sec",
      "com2sec6",    "createuser",   "usmuser",      "trapsink",     "trap2sink",     "informsink",
      "trapsess",    "defcommunity", "proxy",        "trapcommunity"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

/// "rocommunity public", "defAuthPassphrase secret", "password secret": a word at the beginning.
std::string without_words(const std::string& line) {
  const std::size_t begin = skip_blanks(line, 0);
  std::size_t end = begin;
  while (end < line.size() && is_name(line[end])) ++end;
  const std::size_t value = skip_blanks(line, end);
  if (end == begin || value == end || value == line.size()) return line;
  const std::string word = text::lower(line.substr(begin, end - begin));
  const bool assigned = line[value] == '=' || line[value] == ':';
  // "def…", "community", "password": in prose they would stand elsewhere, or lose a line.
  if (!is_snmp_word(word) && (assigned || !is_secret_name(word))) return line;
  return line.substr(0, value) + std::string(kHidden);
}

/// -c COMMUNITY, -A and -X PASSPHRASE, -P PASSWORD of programs that take them.
std::string without_arguments(const std::string& line) {
  const std::string lower = text::lower(line);
  constexpr std::array<std::string_view, 3> kPrograms{"snmp", "ipmi", "fence_"};
  const bool has_program = std::any_of(
      kPrograms.begin(), kPrograms.end(),
      [&](std::string_view program) { return lower.find(program) != std::string::npos; });
  if (!has_program) return line;
  std::string result;
  for (std::size_t at = 0; at < line.size();) {
    const bool begins = line[at] == '-' && (at == 0 || is_blank(line[at - 1])) &&
                        at + 1 < line.size() &&
                        std::string_view("cAXPpakK").find(line[at + 1]) != std::string_view::npos;
    if (!begins) {
      result += line[at++];
      continue;
    }
    result += line.substr(at, 2);
    const std::size_t value = skip_blanks(line, at + 2);
    result += line.substr(at + 2, value - at - 2);
    at = hide(line, value, false, result);
  }
  return result;
}

/// scheme://user:VALUE@host, each of a line.
std::string without_uris(const std::string& line) {
  std::string result;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find_first_of(" \t\"'", at), line.size());
    result += text::without_password(line.substr(at, end - at));
    if (end < line.size()) result += line[end];
    at = end + 1;
  }
  return result;
}

/// "Authorization: Basic VALUE"; and what Pacemaker logs of a value that changed: "…passwd'].
/// @value=VALUE".
std::string without_tail(const std::string& line) {
  const std::string lower = text::lower(line);
  for (const std::string_view sign : {"authorization:", "proxy-authorization:", "@value="}) {
    const auto found = lower.find(sign);
    if (found == std::string::npos) continue;
    const bool is_value = sign == "@value=";
    if (is_value && !is_secret_name(lower.substr(0, found))) continue;
    return line.substr(0, found + sign.size()) + std::string(kHidden);
  }
  return line;
}

std::string without_secrets(const std::string& line) {
  return without_tail(without_uris(without_arguments(without_words(without_assignments(line)))));
}

bool is_key_line(std::string_view line, std::string_view word) {
  return line.find("-----" + std::string(word) + " ") != std::string_view::npos &&
         line.find("PRIVATE KEY") != std::string_view::npos;
}

}  // namespace

bool is_secret_name(std::string_view name) {
  constexpr std::array<std::string_view, 16> kParts{
      "passw",      "passphrase", "pwd",      "secret",       "community", "authkey",
      "auth_key",   "privkey",    "priv_key", "private_key",  "masterkey", "localizedkey",
      "credential", "api_key",    "apikey",   "authorization"};
  const std::string lower = text::lower(name);
  return std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

std::string redacted(std::string_view text) {
  // Elements may have several lines; all else is looked for in each.
  const std::string rest = without_elements(without_pairs(text));
  std::string result;
  bool in_key = false;
  for (std::size_t at = 0; at < rest.size();) {
    const std::size_t end = std::min(rest.find('\n', at), rest.size());
    const std::string line = rest.substr(at, end - at);
    if (in_key && !is_key_line(line, "END")) {
      result += kHidden;
    } else {
      in_key = is_key_line(line, "BEGIN") && !is_key_line(line, "END");
      result += without_secrets(line);
    }
    if (end < rest.size()) result += '\n';
    at = end + 1;
  }
  return result;
}

}  // namespace havc::health
