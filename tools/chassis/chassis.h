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

/// BLADE-MIB powerOnOffBlade (0, 1, 2), restartBlade, which is a column of its own, and CME-MIB's
/// virtual reseat.
enum class Command { off = 0, on = 1, soft_off = 2, restart, reseat };

std::string_view name(Command command);

enum class Answer {
  accepted,     ///< which says nothing about whether the power will change
  refused,      ///< SETs to this bay are not allowed
  unsupported,  ///< this bay cannot do that
  absent,       ///< there is no blade in this bay
  maintenance,  ///< not while the bay's health is 12
};

/// A program to be run: its end has to be told to Chassis::hook_ended.
struct HookCall {
  int bay;
  bool on;
  std::string label;
};

/// What happens in a partition of scaled blades (HX5) when one of its bays is commanded.
enum class PartitionPower {
  together,  ///< all of them obey
  primary,   ///< all obey the primary; a command to another is accepted without effect
  each,      ///< each bay by itself
};

struct Partition {
  std::vector<int> bays;  ///< the first is the primary
  PartitionPower power = PartitionPower::together;
  bool valid = true;         ///< false: the module reports a failed consistency check
  bool stand_alone = false;  ///< its blades work for themselves at present
};

/// A time that counts up while `since` has a value.
struct Uptime {
  std::chrono::milliseconds before{0};
  std::optional<Instant> since;
  std::chrono::seconds at(Instant now) const;
  bool operator==(const Uptime&) const = default;
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
  void set(int number, std::string_view assignment, Instant now);
  /// The blades of two bays change places, with what is known of them; what a command had set in
  /// motion for either ends.
  void swap(int left, int right);

  const std::vector<Partition>& partitions() const { return partitions_; }
  /// Replaces all partitions that have bays in common with it; its bays become its members. One
  /// bay alone is a scaled blade that belongs to no partition.
  void partition(Partition partition);
  /// The partition of two bays or more that `number` belongs to.
  const Partition* partition_of(int number) const;

  /// What `command` would be answered; changes nothing.
  Answer judge(int number, Command command) const;
  /// Does it, `latency` from now on and behind what is already under way. A repetition of the last
  /// command has no effect, except for restart. A bay in state unknown accepts everything and does
  /// nothing, since its module has lost contact; only a reseat helps.
  Answer command(int number, Command command, Instant now);

  /// How often it went on, and for how long it was on.
  int boots(int number) const;
  Uptime seconds(int number) const;
  void reset_boots(int number);
  void reset_seconds(int number, Instant now);
  /// False while a reseat goes on.
  bool auxiliary_power(int number) const;
  /// Whether a command will yet change the state to on after an off.
  bool restarting(int number) const;

  /// Lets everything happen that is due.
  void advance(Instant now);
  /// The hooks to be started now; each is handed out once.
  std::vector<HookCall> take_hook_calls();
  /// A hook that failed leaves the state as it was and drops what waited behind it.
  void hook_ended(int number, bool success, Instant now);
  /// When advance() has something to do next, as far as that depends on time alone.
  std::optional<Instant> next_event() const;

  /// Back to what `start` was, with all counters. Hooks that still run are told of as before.
  void reset(const Chassis& start);

  /// Grows with every visible change.
  unsigned version() const { return version_; }
  /// One line a bay: its number, state, label, and the SETs it accepted and refused.
  std::string dump(Instant now) const;

 private:
  enum class Hook { none, wanted, running, succeeded };
  // One change of a bay's state to come.
  struct Step {
    PowerState state;
    Wait wait;
    bool hook;
  };
  struct Slot {
    Bay bay;
    std::deque<Step> steps;  // the first is under way once started
    bool started = false;
    Instant due;
    Hook hook = Hook::none;
    bool hook_process = false;  // also of a command that has been ended since
    bool reseating = false;
    std::optional<Instant> auto_on;  // when it goes on by itself
    int boots = 0;
    Uptime on{std::chrono::hours(24), std::nullopt};
    int accepted = 0;
    int refused = 0;
  };

  Slot& slot(int number);
  const Slot& slot(int number) const;
  void carry_out(int number, Command command, Instant now);
  static void request(Slot& slot, Command command, SoftOff soft_off);
  static void push(Slot& slot, PowerState state);
  void enter(Slot& slot, PowerState state, Instant now);
  void begin(int number, Slot& slot, Instant now);
  void advance(int number, Slot& slot, Instant now);
  void take_effect(Slot& slot, const Step& step, Instant now);
  static void abandon(Slot& slot);

  bool hooked_;
  unsigned version_ = 1;
  std::vector<Slot> slots_;
  std::vector<Partition> partitions_;
  std::vector<HookCall> calls_;
};

}  // namespace havc::chassis
