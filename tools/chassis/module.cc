#include "chassis/module.h"

#include "chassis/words.h"

#include <arpa/inet.h>

#include <cstring>
#include <utility>

namespace havc::chassis {
namespace {

constexpr std::array kFaces{
    Word<Face>{"amm", Face::amm},
    Word<Face>{"mm", Face::mm},
    Word<Face>{"cmm", Face::cmm},
    Word<Face>{"lenovo", Face::lenovo},
};
constexpr std::array kSets{
    Word<Sets>{"role", Sets::as_role},    Word<Sets>{"obey", Sets::obey},
    Word<Sets>{"refuse", Sets::refuse},   Word<Sets>{"ignore", Sets::ignore},
    Word<Sets>{"error", Sets::gen_error},
};
constexpr std::array kPolicies{
    Word<AutoPowerOn>{"restore", AutoPowerOn::restore},
    Word<AutoPowerOn>{"auto", AutoPowerOn::automatic},
    Word<AutoPowerOn>{"manual", AutoPowerOn::manual},
};

int one_or_two(std::string_view key, std::string_view value) {
  if (value != "1" && value != "2") refuse_value(key, value, "1 or 2");
  return value == "1" ? 1 : 2;
}

Address address(std::string_view key, std::string_view value) {
  in_addr parsed{};
  if (inet_pton(AF_INET, std::string(value).c_str(), &parsed) != 1)
    refuse_value(key, value, "an IPv4 address");
  Address bytes{};
  std::memcpy(bytes.data(), &parsed, bytes.size());
  return bytes;
}

using Setter = void (*)(Module&, std::string_view);
constexpr std::array kKeys{
    Word<Setter>{"face", [](Module& module,
                            std::string_view v) { module.face = value_of("face", v, kFaces); }},
    Word<Setter>{"sysdescr", [](Module& module, std::string_view v) { module.description = v; }},
    Word<Setter>{"bay",
                 [](Module& module, std::string_view v) {
                   const int bay = one_or_two("bay", v);
                   if (bay != module.bay) std::swap(module.addresses[0], module.addresses[1]);
                   module.bay = bay;
                 }},
    Word<Setter>{"active", [](Module& module,
                              std::string_view v) { module.active = one_or_two("active", v); }},
    Word<Setter>{
        "redundant",
        [](Module& module, std::string_view v) { module.redundant = flag_of("redundant", v); }},
    Word<Setter>{
        "address1",
        [](Module& module, std::string_view v) { module.addresses[0] = address("address1", v); }},
    Word<Setter>{
        "address2",
        [](Module& module, std::string_view v) { module.addresses[1] = address("address2", v); }},
    Word<Setter>{"sets", [](Module& module,
                            std::string_view v) { module.sets = value_of("sets", v, kSets); }},
    Word<Setter>{"autopoweron",
                 [](Module& module, std::string_view v) {
                   module.auto_power_on = value_of("autopoweron", v, kPolicies);
                 }},
    Word<Setter>{"shift", [](Module& module,
                             std::string_view v) { module.shift = number_of("shift", v, 1000); }},
};

}  // namespace

void configure(Module& module, std::string_view assignment) {
  assign(module, "module", assignment, kKeys);
}

}  // namespace havc::chassis
