// All that a simulator is about: the module, its chassis, the packets on their way, and what is to
// happen later. Values only; the loop and the agent drive them.
#pragma once

#include "chassis/chassis.h"
#include "chassis/module.h"
#include "chassis/traffic.h"
#include "chassis/triggers.h"

#include <deque>
#include <string>

namespace havc::chassis {

/// A SET that has reached the chassis, for whoever wants to know afterwards.
struct LogEntry {
  Instant when;
  int bay;
  std::string what;  ///< a command's word, or how the object differs
  Answer answer;
};

struct World {
  World(Module its_module, Chassis its_chassis, Instant now)
      : start(now),
        module(its_module),
        first_module(std::move(its_module)),
        chassis(its_chassis),
        first_chassis(std::move(its_chassis)) {}

  /// Grows with every change of what the module shows.
  unsigned version() const { return chassis.version() + module_version; }

  Instant start;
  Module module;
  Module first_module;
  unsigned module_version = 0;
  Chassis chassis;
  Chassis first_chassis;
  Traffic traffic;
  Triggers triggers;
  std::deque<LogEntry> log;
};

}  // namespace havc::chassis
