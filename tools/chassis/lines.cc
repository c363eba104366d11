#include "chassis/lines.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

namespace havc::chassis {

std::pair<std::string_view, std::string_view> first_word(std::string_view line) {
  line = text::trim(line);
  const auto blank = line.find_first_of(" \t");
  if (blank == std::string_view::npos) return {line, {}};
  return {line.substr(0, blank), text::trim(line.substr(blank))};
}

int line_number(std::string_view verb, std::string_view word) {
  constexpr std::uint64_t kMost = 3'600'000;  // packets, or milliseconds: beyond it, a typo
  const auto parsed = text::number(word, kMost);
  if (!parsed) {
    throw Error(Fault::misconfigured, fmt::format("{} {}", verb, text::quote(word)),
                fmt::format("give a number from 0 to {}", kMost));
  }
  return static_cast<int>(*parsed);
}

bool on_or_off(std::string_view verb, std::string_view word) {
  if (word != "on" && word != "off") {
    throw Error(Fault::misconfigured, fmt::format("{} {}", verb, text::quote(word)),
                "say on or off");
  }
  return word == "on";
}

std::string reply(const std::function<std::string()>& obey) {
  try {
    return obey() + "ok\n";
  } catch (const Error& error) {
    return fmt::format("error: {}: {}\n", error.problem(), error.remedy());
  }
}

void each_line(std::string_view text, const std::function<void(std::string_view)>& obey) {
  int number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text::trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++number;
    if (line.empty() || line.front() == '#') continue;
    try {
      obey(line);
    } catch (const Error& error) {
      throw Error(error.fault(), fmt::format("line {}: {}", number, error.problem()),
                  error.remedy());
    }
  }
}

}  // namespace havc::chassis
