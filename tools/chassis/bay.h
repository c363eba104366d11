// One bay of a simulated chassis: what an administrator or a test may set about it. How it moves
// from one power state to another is the chassis' matter.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace havc::chassis {

/// BLADE-MIB powerRestartBladePowerState: there is no 2.
enum class PowerState { off = 0, on = 1, standby = 3, hibernate = 4, unknown = 255 };

/// What a bay does with softoff(2), which the MIB calls "not supported on all blades".
enum class SoftOff { obey, ignore, refuse, standby, hibernate, restart };

/// What a bay does with CME-MIB's virtual reseat.
enum class Reseat { obey, ignore, refuse };

/// How the power state is encoded: an INTEGER as in the MIB, or what a broken agent sends.
enum class StateType { integer, string, gauge };

/// The power-on seconds: as the power is, or a truth that the states hide.
enum class Seconds { follow, run, stand };

/// BLADE-MIB scalableComplexNodeType, for a bay that belongs to a partition.
enum class Node { processor = 1, memory = 2, io = 3 };

using Wait = std::chrono::milliseconds;

struct Bay {
  std::string label;
  bool exists = false;
  PowerState state = PowerState::off;
  int health = 1;  ///< BLADE-MIB powerRestartBladeHealthState; 1 is good, CME-MIB's 12 maintenance
  int width = 1;   ///< in bays
  std::string uuid;
  std::string serial;
  SoftOff soft_off = SoftOff::obey;
  Reseat reseat = Reseat::obey;
  bool refuse = false;      ///< every SET is answered with an error
  bool silent = false;      ///< requests that touch the bay's rows are neither obeyed nor answered
  bool ready = true;        ///< its inventory (serial number, UUID) has been read
  bool terminated = false;  ///< names end in a NUL byte, as the MIB allows
  int ignore = 0;           ///< so many SETs to come are accepted without effect
  Wait latency{500};        ///< from a SET to the change of the state
  Wait blind{0};            ///< after an off took effect, so long unknown(255) is read
  std::optional<Wait> auto_on;       ///< so long after an off it goes on by itself
  std::optional<PowerState> second;  ///< what the second table says instead
  Seconds seconds = Seconds::follow;
  StateType type = StateType::integer;
  Node node = Node::processor;
};

/// For `blind`: for ever.
inline constexpr Wait kForever = Wait::max();

/// Applies `key=value`; README.md has the keys. Throws Error(misconfigured) and leaves `bay` alone
/// when either is not understood.
void configure(Bay& bay, std::string_view assignment);

std::string_view name(PowerState state);

}  // namespace havc::chassis
