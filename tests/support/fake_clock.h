// A clock that moves only when somebody sleeps, or when a test says so: hours pass in no time.
#pragma once

#include "base/deadline.h"

namespace havc::test {

class FakeClock : public Clock {
 public:
  Instant now() override { return now_; }
  void sleep_until(Instant when) override { now_ = std::max(now_, when); }
  void advance(Duration time) { now_ += time; }
  Deadline in(Duration time) { return Deadline::after(*this, time); }
  /// Since the clock was made.
  Duration elapsed() const { return now_ - Instant(); }

 private:
  Instant now_{};
};

}  // namespace havc::test
