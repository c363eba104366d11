#include "domain/warning.h"

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temporary_folder.h"

using havc::domain::warning_is_due;
using namespace std::chrono_literals;

TEST_CASE("a warning repeats after ten minutes, for each resource by itself", "[warning]") {
  const havc::test::TemporaryFolder folder;
  havc::test::FakeClock clock;
  clock.advance(5h);
  CHECK(warning_is_due(folder.path(), "vm1", clock.now()));
  clock.advance(9min);
  CHECK_FALSE(warning_is_due(folder.path(), "vm1", clock.now()));
  CHECK(warning_is_due(folder.path(), "vm2", clock.now()));
  clock.advance(1min);
  CHECK(warning_is_due(folder.path(), "vm1", clock.now()));
}

TEST_CASE("a time that cannot be read or lies ahead does not silence a warning", "[warning]") {
  const havc::test::TemporaryFolder folder;
  havc::test::FakeClock clock;
  for (const auto* content : {"", "x", "99999999999"}) {
    folder.write("havc-vm1.warned", content);
    CHECK(warning_is_due(folder.path(), "vm1", clock.now()));
  }
  CHECK(warning_is_due("/proc/nonexistent", "vm1", clock.now()));
}
