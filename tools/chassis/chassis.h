// The bays of a simulated chassis and how power moves in them: pure state, driven by the caller's
// clock. It knows neither SNMP nor processes; what it wants done outside (hooks) it hands out as
// values.
#pragma once

#include "base/clock.h"
#include "chassis/bay.h"

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace havc::chassis {

/// BLADE-MIB powerOnOffBlade (0, 1, 2), and restartBlade, which is a column of its own.
enum class Command { off = 0, on = 1, soft_off = 2, restart };

enum class Answer {
  accepted,     ///< which says nothing about whether the power will change
  refused,      ///< SETs to this bay are not allowed
  unsupported,  ///< this bay cannot do that
  absent,       ///< there is no blade in this bay
};

/// A program to be run: its end has to be told to Chassis::hook_ended.
struct HookCall {
  int bay;
  bool on;
  std::string label;
};

class Chassis {
 public:
  /// Bays are numbered from 1 and empty at first. With `hooked`, no state changes by a command
  /// before its hook has succeeded.
  Chassis(int bays, bool hooked);

  int size() const { return static_cast<int>(slots_.size()); }
  /// Throws Error(misconfigured) when there is no such bay, as everything here that takes a number
  /// does.
  const Bay& bay(int number) const;
  /// As configure() for a bay. A new state, or an emptied bay, ends what a command had set in
  /// motion; no hook is called for it.
  void set(int number, std::string_view assignment);

  /// What `command` would be answered; changes nothing.
  Answer judge(int number, Command command) const;
  /// Does it, `latency` from now on and behind what is already under way. A repetition of the last
  /// command has no effect, except for restart. A bay in state unknown accepts everything and does
  /// nothing: its module has lost contact.
  Answer command(int number, Command command, Instant now);

  /// Lets everything happen that is due.
  void advance(Instant now);
  /// The hooks to be started now; each is handed out once.
  std::vector<HookCall> take_hook_calls();
  /// A hook that failed leaves the state as it was and drops what waited behind it.
  void hook_ended(int number, bool success, Instant now);
  /// When advance() has something to do next, as far as that depends on time alone.
  std::optional<Instant> next_event() const;

  /// Grows with every visible change.
  unsigned version() const { return version_; }
  /// One line a bay: its number, state, label, and the SETs it accepted and refused.
  std::string dump() const;

 private:
  enum class Hook { none, wanted, running, succeeded };
  struct Slot {
    Bay bay;
    std::deque<PowerState> targets;  // the first is under way once started
    bool started = false;
    Instant due;
    Hook hook = Hook::none;
    bool hook_process = false;  // also of a command that has been ended since
    int accepted = 0;
    int refused = 0;
  };

  Slot& slot(int number);
  static void request(Slot& slot, Command command);
  void begin(int number, Slot& slot, Instant now);
  void advance(int number, Slot& slot, Instant now);
  static void abandon(Slot& slot);

  bool hooked_;
  unsigned version_ = 1;
  std::vector<Slot> slots_;
  std::vector<HookCall> calls_;
};

}  // namespace havc::chassis
