#include "chassis/script.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <utility>

namespace havc::chassis {
namespace {

constexpr std::uint64_t kMost = 3'600'000;  // packets, or milliseconds: beyond it, a typo

std::pair<std::string_view, std::string_view> first_word(std::string_view line) {
  line = text::trim(line);
  const auto blank = line.find(' ');
  if (blank == std::string_view::npos) return {line, {}};
  return {line.substr(0, blank), text::trim(line.substr(blank))};
}

int number(std::string_view verb, std::string_view word) {
  const auto parsed = text::number(word, kMost);
  if (!parsed) {
    throw Error(Fault::misconfigured, fmt::format("{} {}", verb, text::quote(word)),
                fmt::format("give a number from 0 to {}", kMost));
  }
  return static_cast<int>(*parsed);
}

bool on_or_off(std::string_view word) {
  if (word != "on" && word != "off") {
    throw Error(Fault::misconfigured, fmt::format("silent {}", text::quote(word)), "say on or off");
  }
  return word == "on";
}

}  // namespace

std::string Script::execute(std::string_view line) {
  try {
    const auto [verb, rest] = first_word(line);
    return obey(verb, rest) + "ok\n";
  } catch (const Error& error) {
    return fmt::format("error: {}: {}\n", error.problem(), error.remedy());
  }
}

std::string Script::obey(std::string_view verb, std::string_view rest) {
  if (verb == "bay") {
    set_bay(rest);
  } else if (verb == "drop") {
    traffic_.drop = number(verb, rest);
  } else if (verb == "lose") {
    traffic_.lose = number(verb, rest);
  } else if (verb == "delay") {
    traffic_.delay = std::chrono::milliseconds(number(verb, rest));
  } else if (verb == "silent") {
    traffic_.silent = on_or_off(rest);
  } else if (verb == "dump") {
    return dump();
  } else if (verb == "quit") {
    quit_ = true;
  } else {
    throw Error(Fault::unsupported, fmt::format("there is no command {}", text::quote(verb)),
                "use bay, drop, lose, delay, silent, dump or quit");
  }
  return {};
}

void Script::set_bay(std::string_view rest) {
  const auto [bay, assignment] = first_word(rest);
  chassis_.set(number("bay", bay), assignment);
}

std::string Script::dump() const {
  return chassis_.dump() + fmt::format("traffic packets={} answers={} gets={} nexts={} sets={}\n",
                                       traffic_.packets, traffic_.answers, traffic_.gets,
                                       traffic_.nexts, traffic_.sets);
}

}  // namespace havc::chassis
