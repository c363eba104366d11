#include "base/stamp.h"

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temporary_folder.h"

using namespace std::chrono_literals;
using havc::recent_stamp;

TEST_CASE("a stamp is known for its interval, with its text", "[stamp]") {
  const havc::test::TemporaryFolder folder;
  havc::test::FakeClock clock;
  clock.advance(5h);
  CHECK_FALSE(recent_stamp(folder / "s", clock.now(), 10min));
  havc::write_stamp(folder / "s", clock.now(), "monitor: it died");
  clock.advance(9min);
  CHECK(recent_stamp(folder / "s", clock.now(), 10min) == "monitor: it died");
  clock.advance(1min);
  CHECK_FALSE(recent_stamp(folder / "s", clock.now(), 10min));
  clock.advance(-30min);
  CHECK_FALSE(recent_stamp(folder / "s", clock.now(), 10min));
}

TEST_CASE("a stamp makes its folder", "[stamp]") {
  const havc::test::TemporaryFolder folder;
  havc::test::FakeClock clock;
  havc::write_stamp(folder / "a/b/s", clock.now(), "done");
  CHECK(recent_stamp(folder / "a/b/s", clock.now(), 1s) == "done");
}
