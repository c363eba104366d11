// The moment by which work must be done. A small value, always the last parameter, and the only way
// in which library code sees time or waits.
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace havc {

class Deadline {
 public:
  Deadline(Clock& clock, Instant end) : clock_(&clock), end_(end) {}

  static Deadline after(Clock& clock, Duration time) { return {clock, clock.now() + time}; }

  /// Time left; zero once it has passed, never negative.
  Duration remaining() const { return std::max(end_ - clock_->now(), Duration::zero()); }
  std::chrono::milliseconds remaining_ms() const {
    return std::chrono::ceil<std::chrono::milliseconds>(remaining());
  }
  bool expired() const { return clock_->now() >= end_; }

  /// The same deadline moved towards the present: a reserve for what comes after.
  Deadline earlier_by(Duration reserve) const { return {*clock_, end_ - reserve}; }
  /// This deadline, or `most` from now if that is sooner.
  Deadline capped(Duration most) const { return {*clock_, std::min(end_, clock_->now() + most)}; }
  /// For one step of several: at most `most`, and no more than one `share`th of what is left, so that the others have time, too.
  Deadline part(Duration most, int share = 2) const { return capped(std::min(most, remaining() / share)); }
  /// The sooner of two.
  Deadline or_sooner(Deadline other) const { return {*clock_, std::min(end_, other.end_)}; }

  /// Sleeps, but not past the deadline.
  void pause(Duration time) const { clock_->sleep_until(std::min(end_, clock_->now() + time)); }

  Instant end() const { return end_; }
  Instant now() const { return clock_->now(); }
  Clock& clock() const { return *clock_; }

 private:
  Clock* clock_;
  Instant end_;
};

}  // namespace havc
