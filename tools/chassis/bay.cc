#include "chassis/bay.h"

#include "chassis/words.h"

#include <array>

namespace havc::chassis {
namespace {

constexpr int kLongestWait = 3'600'000;  // an hour in ms: beyond it, a typo

constexpr std::array kStates{
    Word<PowerState>{"off", PowerState::off},
    Word<PowerState>{"on", PowerState::on},
    Word<PowerState>{"standby", PowerState::standby},
    Word<PowerState>{"hibernate", PowerState::hibernate},
    Word<PowerState>{"unknown", PowerState::unknown},
};
constexpr std::array kSoftOffs{
    Word<SoftOff>{"obey", SoftOff::obey},           Word<SoftOff>{"ignore", SoftOff::ignore},
    Word<SoftOff>{"refuse", SoftOff::refuse},       Word<SoftOff>{"standby", SoftOff::standby},
    Word<SoftOff>{"hibernate", SoftOff::hibernate}, Word<SoftOff>{"restart", SoftOff::restart},
};
constexpr std::array kReseats{
    Word<Reseat>{"obey", Reseat::obey},
    Word<Reseat>{"ignore", Reseat::ignore},
    Word<Reseat>{"refuse", Reseat::refuse},
};
constexpr std::array kTypes{
    Word<StateType>{"integer", StateType::integer},
    Word<StateType>{"string", StateType::string},
    Word<StateType>{"gauge", StateType::gauge},
};
constexpr std::array kNodes{
    Word<Node>{"processor", Node::processor},
    Word<Node>{"memory", Node::memory},
    Word<Node>{"io", Node::io},
};
constexpr std::array kSeconds{
    Word<Seconds>{"follow", Seconds::follow},
    Word<Seconds>{"run", Seconds::run},
    Word<Seconds>{"stand", Seconds::stand},
};

PowerState state(std::string_view key, std::string_view value) {
  for (const auto& row : kStates) {
    if (value == row.word || value == std::to_string(static_cast<int>(row.value))) return row.value;
  }
  refuse_value(key, value, "off, on, standby, hibernate, unknown or 0, 1, 3, 4, 255");
}

Wait wait(std::string_view key, std::string_view value) {
  return Wait(number_of(key, value, kLongestWait));
}

using Setter = void (*)(Bay&, std::string_view);
constexpr std::array kKeys{
    Word<Setter>{"state", [](Bay& bay, std::string_view v) { bay.state = state("state", v); }},
    Word<Setter>{"exists", [](Bay& bay, std::string_view v) { bay.exists = flag_of("exists", v); }},
    Word<Setter>{"label", [](Bay& bay, std::string_view v) { bay.label = v; }},
    Word<Setter>{"uuid", [](Bay& bay, std::string_view v) { bay.uuid = v; }},
    Word<Setter>{"serial", [](Bay& bay, std::string_view v) { bay.serial = v; }},
    Word<Setter>{"nul", [](Bay& bay, std::string_view v) { bay.terminated = flag_of("nul", v); }},
    Word<Setter>{"width",
                 [](Bay& bay, std::string_view v) { bay.width = number_of("width", v, 14); }},
    Word<Setter>{"health",
                 [](Bay& bay, std::string_view v) { bay.health = number_of("health", v, 255); }},
    Word<Setter>{"ready", [](Bay& bay, std::string_view v) { bay.ready = flag_of("ready", v); }},
    Word<Setter>{"latency", [](Bay& bay, std::string_view v) { bay.latency = wait("latency", v); }},
    Word<Setter>{
        "softoff",
        [](Bay& bay, std::string_view v) { bay.soft_off = value_of("softoff", v, kSoftOffs); }},
    Word<Setter>{
        "ignore",
        [](Bay& bay, std::string_view v) { bay.ignore = number_of("ignore", v, 1'000'000); }},
    Word<Setter>{"refuse", [](Bay& bay, std::string_view v) { bay.refuse = flag_of("refuse", v); }},
    Word<Setter>{"silent", [](Bay& bay, std::string_view v) { bay.silent = flag_of("silent", v); }},
    Word<Setter>{"blind",
                 [](Bay& bay, std::string_view v) {
                   bay.blind = v == "forever" ? kForever : wait("blind", v);
                 }},
    Word<Setter>{"autoon",
                 [](Bay& bay, std::string_view v) {
                   bay.auto_on = v == "never" ? std::nullopt : std::optional(wait("autoon", v));
                 }},
    Word<Setter>{
        "reseat",
        [](Bay& bay, std::string_view v) { bay.reseat = value_of("reseat", v, kReseats); }},
    Word<Setter>{"second",
                 [](Bay& bay, std::string_view v) {
                   bay.second = v == "same" ? std::nullopt : std::optional(state("second", v));
                 }},
    Word<Setter>{
        "seconds",
        [](Bay& bay, std::string_view v) { bay.seconds = value_of("seconds", v, kSeconds); }},
    Word<Setter>{"node",
                 [](Bay& bay, std::string_view v) { bay.node = value_of("node", v, kNodes); }},
    Word<Setter>{"type",
                 [](Bay& bay, std::string_view v) { bay.type = value_of("type", v, kTypes); }},
};

}  // namespace

void configure(Bay& bay, std::string_view assignment) {
  assign(bay, "a bay's setting", assignment, kKeys);
}

std::string_view name(PowerState state) {
  for (const auto& row : kStates) {
    if (state == row.value) return row.word;
  }
  return "invalid";
}

}  // namespace havc::chassis
