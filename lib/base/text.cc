#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace havc::text {

static constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(separators, at)) != std::string_view::npos) {
    const auto end = std::min(text.find_first_of(separators, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return parts;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string result;
  for (const auto& part : parts) {
    if (&part != &parts.front()) result += separator;
    result += part;
  }
  return result;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& letter : result) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return result;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() && lower(left) == lower(right);
}

std::optional<std::uint64_t> number(std::string_view text, std::uint64_t most) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return {};
  std::uint64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || value > most) return {};
  return value;
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string line;
  for (const char raw : trim(text)) {
    const bool blank = kBlanks.find(raw) != std::string_view::npos;
    if (blank && !line.empty() && line.back() == ' ') continue;
    const bool printable = raw >= ' ' && raw <= '~';
    line += blank ? ' ' : printable ? raw : '?';
  }
  constexpr std::string_view kCut = "...";
  if (line.size() > most) line.replace(most - std::min(most, kCut.size()), std::string::npos, kCut);
  return line;
}

std::string quote(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  return "'" + std::string(text.substr(0, kLongest)) + (text.size() > kLongest ? "..." : "") + "'";
}

static std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

std::string without_password(const std::string& value) {
  const auto scheme = value.find("://");
  if (scheme == std::string::npos) return value;
  // The last one: users that are addresses, and passwords, have others.
  const auto at = value.rfind('@');
  const auto colon = value.find(':', scheme + 1);
  if (at == std::string::npos || colon == std::string::npos || colon > at) return value;
  return value.substr(0, colon + 1) + "(hidden)" + value.substr(at);
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t kMostEdits = 2;
  std::optional<std::string> best;
  std::size_t fewest = kMostEdits + 1;
  for (const auto& candidate : candidates) {
    // Lengths alone are that many edits; and a word from outside may be very long.
    if (word.size() > candidate.size() + kMostEdits || candidate.size() > word.size() + kMostEdits) continue;
    const std::size_t count = edits(word, candidate);
    if (count < fewest) {
      fewest = count;
      best = candidate;
    }
  }
  return best;
}

}  // namespace havc::text
