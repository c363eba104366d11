#include "base/file_lock.h"

#include "base/error.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temporary_folder.h"

using namespace std::chrono_literals;
using havc::Error;
using havc::FileLock;

TEST_CASE("a second taker waits until its deadline and no longer", "[lock]") {
  const havc::test::TemporaryFolder folder;
  havc::test::FakeClock clock;
  {
    const FileLock first(folder / "lock", clock.in(1s));
    CHECK_THROWS_AS(FileLock(folder / "lock", clock.in(3s)), Error);
    CHECK(clock.elapsed() == 3s);
  }
  CHECK_NOTHROW(FileLock(folder / "lock", clock.in(1s)));
}

TEST_CASE("a lock that cannot be made says why", "[lock]") {
  havc::test::FakeClock clock;
  CHECK_THROWS_WITH(FileLock("/nonexistent/lock", clock.in(1s)), Catch::Matchers::Contains("No such file"));
}
