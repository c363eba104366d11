// What an action would do, in lines for administrators. Pure; the text is compared with a file.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "power/chassis.h"
#include "power/plan.h"
#include "power/power.h"

namespace havc::power {

enum class Action { off, on, reset };

/// What is known when an action is explained, and what it would be done with.
struct Scene {
  const Chassis* kind = nullptr;
  Action action = Action::off;
  std::string_view word{};           ///< what the caller calls it; empty: as parse_action() does
  std::vector<std::string> modules;  ///< one a chassis: address and what it says it is
  Plan plan;
  OffPolicy policy;
  std::chrono::seconds time{0};       ///< of the whole action
  std::vector<std::string> warnings;  ///< beside the plan's notes
};

/// "off", "on" or "reset", which is also "reboot". Throws Error(unsupported) for others.
Action parse_action(const std::string& word);

std::string explain(const Scene& scene);

}  // namespace havc::power
