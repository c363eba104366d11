#include "base/clock.h"

#include <thread>

namespace havc {

namespace {

class SystemClock : public Clock {
 public:
  Instant now() override { return std::chrono::steady_clock::now(); }
  void sleep_until(Instant when) override { std::this_thread::sleep_until(when); }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace havc
