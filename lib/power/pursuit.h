// One bay on its way to a power state: what has been seen, and what is to be done next. Pure,
// driven by readings and instants; power.cc does the talking.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "power/bay.h"

namespace havc::power {

enum class Goal { off, on };

/// A command that was accepted but not followed is given again after this long: modules lose some,
/// and take up to 5 s to act on others (OpenHPI snmp_bc, cluster-glue bladehpi).
inline constexpr auto kRepeat = std::chrono::seconds(10);
/// Refusals, other than for want of access, before it is taken as an answer: a blade that flashes
/// may accept the next.
inline constexpr int kMostRefusals = 3;

class Pursuit {
 public:
  /// `bay` as it was found by its host. Until `soft_until` a bay that is on is asked to shut down
  /// and left alone.
  Pursuit(const Chassis& chassis, Bay bay, Goal goal, Instant soft_until)
      : chassis_(&chassis), bay_(std::move(bay)), goal_(goal), soft_until_(soft_until) {}

  /// What its row says now. Throws Error(misconfigured) when another blade has taken its place.
  void saw(const Bay& now);
  /// The row could not be read, or not believed.
  void saw_nothing(Error trouble);

  /// The state was read often enough in a row: off twice, on once.
  bool confirmed() const;
  /// The command to give now, if any. Only after a reading that was the bay's.
  std::optional<std::int32_t> due(Instant now) const;
  /// `command` was answered, refused (with `trouble`), or not answered in time (trouble timed_out).
  /// Throws the trouble when trying again is useless.
  void gave(std::int32_t command, const std::optional<Error>& trouble, Instant now);

  const Bay& bay() const { return bay_; }
  /// "bay 3 (node1) reads on after 3 commands", and the last trouble.
  std::string text() const;
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  bool soft_phase(Instant now) const;

  const Chassis* chassis_;
  Bay bay_;
  Goal goal_;
  Instant soft_until_;
  bool readable_ = false;  // the last reading succeeded and was this bay
  bool asked_softly_ = false;
  int confirmations_ = 0;
  int commands_ = 0;
  int refusals_ = 0;
  Instant next_command_{};
  std::optional<Error> trouble_;
};

}  // namespace havc::power
