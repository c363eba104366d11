// Time, as a port: the library reads it only through a Deadline, and tests put a clock of their own in
// its place. Steady time alone: no decision may depend on the calendar, which an administrator can set.
#pragma once

#include <chrono>

namespace havc {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
  virtual void sleep_until(Instant when) = 0;
};

/// CLOCK_MONOTONIC; sleeping continues after signals.
Clock& system_clock();

}  // namespace havc
