#include "libvirt_qemu/policies.h"

#include "base/error.h"
#include "support/catch.h"

using namespace havc;
using namespace havc::libvirt_qemu;
using namespace std::chrono_literals;
using ocf::ActionKind;

static Options contradictory() {
  Options options;
  options.force_stop = true;
  options.snapshot.text = "/var/lib/images";
  return options;
}

TEST_CASE("force_stop and snapshot together start nothing, and stop by force", "[policies]") {
  const Options both = contradictory();
  for (const auto& row : {ocf::ActionDoc{"start", ActionKind::change, 120s},
                          ocf::ActionDoc{"validate-all", ActionKind::check, 20s}}) {
    CHECK_THROWS_WITH(settle_contradictions(both, row), Catch::Contains("exclude each other"));
  }
  for (const auto& row : {ocf::ActionDoc{"stop", ActionKind::stop, 120s},
                          ocf::ActionDoc{"monitor", ActionKind::monitor, 30s},
                          ocf::ActionDoc{"migrate_to", ActionKind::change, 600s}}) {
    CHECK_NOTHROW(settle_contradictions(both, row));
  }
  CHECK(stop_policy(both, 120s).force);
}

TEST_CASE("each of them alone is fine", "[policies]") {
  const ocf::ActionDoc start{"start", ActionKind::change, 120s};
  Options options = contradictory();
  options.force_stop = false;
  CHECK_NOTHROW(settle_contradictions(options, start));
  options = contradictory();
  options.snapshot.text.clear();
  CHECK_NOTHROW(settle_contradictions(options, start));
}

TEST_CASE("what the parameters of stop say reaches the verb", "[policies]") {
  Options options;
  options.wake_guest = false;
  options.stop_kill_reserve = 33s;
  options.shutdown_mode = {domain::ShutdownMethod::agent, domain::ShutdownMethod::acpi};
  const auto policy = stop_policy(options, 100s);
  CHECK_FALSE(policy.wake_guest);
  CHECK(policy.kill_reserve == 33s);
  CHECK(policy.timeout == 100s);
  CHECK(policy.methods.size() == 2);
}
