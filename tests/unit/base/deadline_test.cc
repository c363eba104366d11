#include "base/deadline.h"

#include "support/catch.h"
#include "support/fake_clock.h"

using namespace std::chrono_literals;
using havc::test::FakeClock;

TEST_CASE("a deadline never has negative time left", "[deadline]") {
  FakeClock clock;
  const auto deadline = clock.in(3s);
  clock.advance(5s);
  CHECK(deadline.expired());
  CHECK(deadline.remaining() == 0s);
}

TEST_CASE("a pause ends at the deadline", "[deadline]") {
  FakeClock clock;
  const auto deadline = clock.in(3s);
  deadline.pause(1s);
  CHECK(clock.elapsed() == 1s);
  deadline.pause(10s);
  CHECK(clock.elapsed() == 3s);
}

TEST_CASE("reserves and caps only shorten", "[deadline]") {
  FakeClock clock;
  const auto deadline = clock.in(10s);
  CHECK(deadline.earlier_by(4s).remaining() == 6s);
  CHECK(deadline.capped(2s).remaining() == 2s);
  CHECK(deadline.capped(20s).remaining() == 10s);
  CHECK(deadline.or_sooner(clock.in(7s)).remaining() == 7s);
}

TEST_CASE("a part leaves time for what comes after it", "[deadline]") {
  FakeClock clock;
  const auto deadline = clock.in(12s);
  CHECK(deadline.part(2s).remaining() == 2s);
  CHECK(deadline.part(20s).remaining() == 6s);
  CHECK(deadline.part(20s, 4).remaining() == 3s);
  clock.advance(12s);
  CHECK(deadline.part(2s).expired());
}
