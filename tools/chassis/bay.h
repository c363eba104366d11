// One bay of a simulated chassis: what an administrator or a test may set about it. How it moves
// from one power state to another is the chassis' matter.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace havc::chassis {

/// BLADE-MIB powerRestartBladePowerState: there is no 2.
enum class PowerState { off = 0, on = 1, standby = 3, hibernate = 4, unknown = 255 };

/// What a bay does with softoff(2), which the MIB calls "not supported on all blades".
enum class SoftOff { obey, ignore, refuse };

struct Bay {
  std::string label;
  bool exists = false;
  PowerState state = PowerState::off;
  int health = 1;  ///< BLADE-MIB powerRestartBladeHealthState; 1 is good
  int width = 1;   ///< in bays
  std::string uuid;
  std::string serial;
  SoftOff soft_off = SoftOff::obey;
  bool refuse = false;                     ///< every SET is answered with an error
  bool terminated = false;                 ///< names end in a NUL byte, as the MIB allows
  int ignore = 0;                          ///< so many SETs to come are accepted without effect
  std::chrono::milliseconds latency{500};  ///< from a SET to the change of the state
};

/// Applies `key=value`: state (name or number), exists, label, width, health, uuid, serial,
/// softoff, refuse, nul, ignore, latency (ms). Throws Error(misconfigured) and leaves `bay` alone
/// when either is not understood.
void configure(Bay& bay, std::string_view assignment);

std::string_view name(PowerState state);

}  // namespace havc::chassis
