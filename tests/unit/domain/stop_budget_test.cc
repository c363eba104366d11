#include "domain/stop.h"

#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;

static havc::Duration reserve(havc::Duration total, int devices = 0, const StopPolicy& policy = {}) {
  return stop_budget(total, policy, devices).kill_reserve;
}

TEST_CASE("the kill reserve follows the timeout and the devices", "[stop]") {
  CHECK(reserve(120s) == 20s);
  CHECK(reserve(91s) == 20s);
  CHECK(reserve(90s) == 10s);
  CHECK(reserve(60s) == 10s);
  CHECK(reserve(15s) == 7500ms);
  CHECK(reserve(120s, 2) == 20s);
  CHECK(reserve(120s, 4) == 23s);
  CHECK(reserve(120s, 100) == 60s);
}

TEST_CASE("a reserve that was configured counts, up to half of the time", "[stop]") {
  StopPolicy policy;
  policy.kill_reserve = 40s;
  CHECK(reserve(120s, 0, policy) == 40s);
  CHECK(reserve(60s, 0, policy) == 30s);
}

TEST_CASE("libvirt gets its own kill time before ours, where the timeout allows", "[stop]") {
  const StopBudget budget = stop_budget(120s, {}, 0);
  CHECK(budget.kill_reserve - budget.own_kill >= 12s);
  CHECK(budget.own_kill >= 5s);
}
