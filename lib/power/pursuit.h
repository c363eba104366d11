// One bay on its way to a power state: what has been seen, and what is to be done next. Pure,
// driven by readings and instants; errand.cc does the talking.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "power/bay.h"
#include "power/power.h"

namespace havc::power {

enum class Goal { off, on };

/// A command that was accepted but not followed is given again after this long: modules lose some,
/// and take up to 5 s to act on others (OpenHPI snmp_bc, cluster-glue bladehpi).
inline constexpr auto kRepeat = std::chrono::seconds(10);
/// Refusals, other than for want of access, before it is taken as an answer: a blade that flashes
/// may accept the next.
inline constexpr int kMostRefusals = 3;
/// Hard commands that were accepted and not followed before a blade is pulled, so to speak.
inline constexpr int kIgnoredBeforeReseat = 2;

/// When a reading was asked for and when it was answered: the state is of some moment between.
struct Span {
  Instant asked;
  Instant answered;
};

/// What a second table says of being off.
struct Opinion {
  std::optional<State> state;           ///< none: it has no such row for this bay
  std::optional<std::int64_t> seconds;  ///< of being powered on; none as above
};

struct Order {
  enum class Kind { soft, hard, reseat } kind;
  std::int32_t code;

  /// "off", "soft off", "on", "reseat"
  std::string words(Goal goal) const;
  friend bool operator==(const Order&, const Order&) = default;
};

class Pursuit {
 public:
  /// `bay` as it was found by its host. Until `soft_until` a bay that is on is asked to shut down
  /// and left alone.
  Pursuit(const Chassis& chassis, Bay bay, Goal goal, Instant soft_until, const OffPolicy& policy)
      : chassis_(&chassis),
        found_(std::move(bay)),
        now_(found_),
        goal_(goal),
        soft_until_(soft_until),
        policy_(policy) {}

  /// What its row says now. Throws Error(misconfigured) when another blade has taken its place.
  void saw(const Bay& now, Span span);
  /// What the second table says now. Throws Error(misconfigured) when the row reads off, but the
  /// chassis keeps having no second table.
  void saw(const Opinion& opinion, Span span);
  /// The row could not be read, or not believed.
  void saw_nothing(Error trouble);
  /// No answer for so long that it is worth telling; what is known stays known.
  void silent(Error trouble);
  /// Another module is talked to: what the first one said does not count, and a command that may
  /// not be given twice (on) is not given again.
  void moved();

  /// The goal was read often enough in a row (off: twice, at least a second apart), and lately.
  bool confirmed(Instant now) const;
  /// The command to give now, if any. Only after a reading that was the bay's and asked for after
  /// the last command.
  std::optional<Order> due(Instant now) const;
  /// Is about to be given.
  void give(const Order& order, Instant now);
  /// Was answered, refused (with `trouble`), or not answered in time (trouble timed_out). Throws
  /// the trouble when trying again is useless.
  void gave(const Order& order, const std::optional<Error>& trouble, Instant now);
  /// Was refused by a module that may not be the right one to ask: again in a while.
  void postpone(Error trouble, Instant until);

  bool strict() const { return goal_ == Goal::off && policy_.verify == Verify::strict; }
  bool commanded() const { return commands_ > 0; }
  bool is_silent() const { return silent_; }
  Goal goal() const { return goal_; }
  /// As it was found.
  const Bay& found() const { return found_; }
  /// "off", "empty", or the reason why nothing is known.
  std::string word() const;
  /// "bay 3 (node1) reads on after 3 commands", and the last trouble.
  std::string text() const;
  /// What to do about it.
  std::string remedy() const;

 private:
  /// Readings of the goal in a row.
  struct Run {
    int count = 0;
    Span last{};

    void add(bool good, Span span, Duration apart);
  };

  void check_identity(const Bay& now) const;
  bool soft_phase(Instant now) const;
  bool reseat_due() const;
  std::string opinion_text() const;
  std::string returns_text() const;

  const Chassis* chassis_;
  Bay found_;
  Bay now_;
  Goal goal_;
  Instant soft_until_;
  OffPolicy policy_;
  bool readable_ = false;  // the last reading succeeded and was this bay
  bool silent_ = false;
  bool warned_ = false;
  Instant asked_{};     // when the latest reading was asked for
  Instant answered_{};  // when the goal was last read
  Run run_;
  Run second_;
  Opinion opinion_;
  int no_opinion_ = 0;
  bool asked_softly_ = false;
  bool reseated_ = false;
  bool last_word_ = false;  // no further command: "on" has been given through another module
  int commands_ = 0;
  int ignored_ = 0;  // hard commands that were accepted
  int refusals_ = 0;
  int returns_ = 0;  // read on after it had read off
  Instant given_{};
  Instant next_command_{};
  std::optional<Error> trouble_;
};

}  // namespace havc::power
