#include "chassis/bay.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <array>

namespace havc::chassis {
namespace {

constexpr int kLongestLatency = 3'600'000;  // an hour: beyond it, a typo

template <class T>
struct Word {
  std::string_view word;
  T value;
};

constexpr std::array kStates{
    Word<PowerState>{"off", PowerState::off},
    Word<PowerState>{"on", PowerState::on},
    Word<PowerState>{"standby", PowerState::standby},
    Word<PowerState>{"hibernate", PowerState::hibernate},
    Word<PowerState>{"unknown", PowerState::unknown},
};
constexpr std::array kSoftOffs{
    Word<SoftOff>{"obey", SoftOff::obey},
    Word<SoftOff>{"ignore", SoftOff::ignore},
    Word<SoftOff>{"refuse", SoftOff::refuse},
};

[[noreturn]] void refuse(std::string_view key, std::string_view value, std::string_view wanted) {
  throw Error(Fault::misconfigured, fmt::format("{} is {}", key, text::quote(value)),
              fmt::format("give {}", wanted));
}

int number(std::string_view key, std::string_view value, int most) {
  const auto parsed = text::number(value, static_cast<std::uint64_t>(most));
  if (!parsed) refuse(key, value, fmt::format("a number from 0 to {}", most));
  return static_cast<int>(*parsed);
}

bool flag(std::string_view key, std::string_view value) {
  return number(key, value, 1) == 1;
}

PowerState state(std::string_view value) {
  for (const auto& row : kStates) {
    if (value == row.word || value == std::to_string(static_cast<int>(row.value))) return row.value;
  }
  refuse("state", value, "off, on, standby, hibernate, unknown or 0, 1, 3, 4, 255");
}

SoftOff soft_off(std::string_view value) {
  for (const auto& row : kSoftOffs) {
    if (value == row.word) return row.value;
  }
  refuse("softoff", value, "obey, ignore or refuse");
}

using Setter = void (*)(Bay&, std::string_view);
constexpr std::array kKeys{
    Word<Setter>{"state", [](Bay& bay, std::string_view v) { bay.state = state(v); }},
    Word<Setter>{"exists", [](Bay& bay, std::string_view v) { bay.exists = flag("exists", v); }},
    Word<Setter>{"label", [](Bay& bay, std::string_view v) { bay.label = v; }},
    Word<Setter>{"width", [](Bay& bay, std::string_view v) { bay.width = number("width", v, 14); }},
    Word<Setter>{"health",
                 [](Bay& bay, std::string_view v) { bay.health = number("health", v, 255); }},
    Word<Setter>{"uuid", [](Bay& bay, std::string_view v) { bay.uuid = v; }},
    Word<Setter>{"serial", [](Bay& bay, std::string_view v) { bay.serial = v; }},
    Word<Setter>{"softoff", [](Bay& bay, std::string_view v) { bay.soft_off = soft_off(v); }},
    Word<Setter>{"refuse", [](Bay& bay, std::string_view v) { bay.refuse = flag("refuse", v); }},
    Word<Setter>{"nul", [](Bay& bay, std::string_view v) { bay.terminated = flag("nul", v); }},
    Word<Setter>{"ignore",
                 [](Bay& bay, std::string_view v) { bay.ignore = number("ignore", v, 1000); }},
    Word<Setter>{"latency",
                 [](Bay& bay, std::string_view v) {
                   bay.latency = std::chrono::milliseconds(number("latency", v, kLongestLatency));
                 }},
};

}  // namespace

void configure(Bay& bay, std::string_view assignment) {
  const auto equals = assignment.find('=');
  const std::string_view key = assignment.substr(0, equals);
  for (const auto& row : kKeys) {
    if (key != row.word || equals == std::string_view::npos) continue;
    return row.value(bay, assignment.substr(equals + 1));
  }
  std::string keys;
  for (const auto& row : kKeys) keys += fmt::format("{}{}", keys.empty() ? "" : ", ", row.word);
  throw Error(Fault::misconfigured,
              fmt::format("{} is no assignment to a bay", text::quote(assignment)),
              "write KEY=VALUE with one of: " + keys);
}

std::string_view name(PowerState state) {
  for (const auto& row : kStates) {
    if (state == row.value) return row.word;
  }
  return "invalid";
}

}  // namespace havc::chassis
