#include "domain/instance_lock.h"

#include "base/error.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temporary_folder.h"

#include <optional>

using havc::domain::InstanceLock;
using namespace std::chrono_literals;

TEST_CASE("one action of a resource waits for another, but not past its deadline",
          "[instance_lock]") {
  const havc::test::TemporaryFolder folder;
  havc::test::FakeClock clock;
  std::optional<InstanceLock> first(std::in_place, folder / "notes", "group:0", clock.in(5s));
  const InstanceLock other(folder / "notes", "vm2", clock.in(5s));
  CHECK_THROWS_AS(InstanceLock(folder / "notes", "group:0", clock.in(5s)), havc::Error);
  CHECK(clock.elapsed() == 5s);
  first.reset();
  CHECK_NOTHROW(InstanceLock(folder / "notes", "group:0", clock.in(5s)));
}
