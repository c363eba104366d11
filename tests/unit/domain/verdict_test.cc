#include "domain/verdict.h"

#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;

namespace {

Inspection seen(State state, Reason reason) {
  return {{"vm1", ""}, state, reason, false};
}

constexpr Verdict R = Verdict::running;
constexpr Verdict D = Verdict::degraded;
constexpr Verdict F = Verdict::failed;
constexpr Verdict N = Verdict::not_running;

}  // namespace

// The table of the monitor: what each state and reason means with default policies, at levels 0 and
// 10, when it is seen first and when it has lasted for an hour. Level 20 judges a state as 10 does.
TEST_CASE("each state and reason has its verdict at both depths, at first and later", "[verdict]") {
  struct Row {
    State state;
    Reason reason;
    Verdict basic, thorough, later_basic, later_thorough;
  };
  const auto row = GENERATE(values<Row>({
      {State::running, Reason::other, R, R, R, R},
      {State::running, Reason::migrating, R, R, R, R},
      {State::running, Reason::postcopy_failed, F, F, F, F},
      {State::blocked, Reason::other, R, R, R, R},
      {State::paused, Reason::user, R, D, D, D},
      {State::paused, Reason::saving, R, D, D, D},
      {State::paused, Reason::other, R, D, D, D},
      {State::paused, Reason::failed, R, D, D, D},
      {State::paused, Reason::migrating, R, R, D, D},
      {State::paused, Reason::shutting_down, R, R, F, F},
      {State::paused, Reason::io_error, D, D, D, D},
      {State::paused, Reason::watchdog, F, F, F, F},
      {State::paused, Reason::guest_crashed, F, F, F, F},
      {State::paused, Reason::postcopy_failed, F, F, F, F},
      {State::pmsuspended, Reason::other, R, R, R, R},
      {State::shutdown, Reason::other, R, R, F, F},
      {State::crashed, Reason::other, F, F, F, F},
      {State::crashed, Reason::panicked, F, F, F, F},
      {State::shutoff, Reason::other, N, N, N, N},
      {State::shutoff, Reason::guest_crashed, F, F, F, F},
      {State::shutoff, Reason::failed, F, F, F, F},
      {State::no_state, Reason::other, F, F, F, F},
  }));
  CAPTURE(describe(seen(row.state, row.reason)));
  const auto verdict = [&](Depth depth, havc::Duration lasted) {
    return judge(seen(row.state, row.reason), depth, Occasion::recurring, {}, lasted).verdict;
  };
  CHECK(verdict(Depth::basic, 0s) == row.basic);
  CHECK(verdict(Depth::thorough, 0s) == row.thorough);
  CHECK(verdict(Depth::basic, 1h) == row.later_basic);
  CHECK(verdict(Depth::thorough, 1h) == row.later_thorough);
  CHECK(verdict(Depth::strict, 0s) == row.thorough);
  CHECK(verdict(Depth::strict, 1h) == row.later_thorough);
}

TEST_CASE("to a probe a QEMU that died is not running, all else is what it is", "[verdict]") {
  for (int state = 0; state < kStateCount; ++state) {
    for (const Reason reason : {Reason::other, Reason::guest_crashed, Reason::failed}) {
      const Inspection inspection = seen(static_cast<State>(state), reason);
      CAPTURE(describe(inspection));
      const auto probe = judge(inspection, Depth::basic, Occasion::probe, {}).verdict;
      const auto recurring = judge(inspection, Depth::basic, Occasion::recurring, {}).verdict;
      CHECK(probe == (inspection.state == State::shutoff ? N : recurring));
    }
  }
}

TEST_CASE("a policy decides about a pause by an I/O error at once, and of others after their grace",
          "[verdict]") {
  struct Row {
    PausePolicy policy;
    Verdict basic, thorough, later_basic, later_thorough;  // of a pause by a user
    Verdict io_error;                                      // at any time and depth
  };
  const auto row = GENERATE(values<Row>({
      {PausePolicy::degraded, R, D, D, D, D},
      {PausePolicy::fail, R, D, F, F, F},
      {PausePolicy::resume, R, D, D, D, D},
      {PausePolicy::ignore, R, R, R, R, R},
  }));
  CAPTURE(static_cast<int>(row.policy));
  HealthPolicy policy;
  policy.paused = policy.io_error = row.policy;
  const auto verdict = [&](Reason reason, Depth depth, havc::Duration lasted) {
    return judge(seen(State::paused, reason), depth, Occasion::recurring, policy, lasted).verdict;
  };
  for (const Reason reason : {Reason::user, Reason::saving, Reason::other}) {
    CHECK(verdict(reason, Depth::basic, 299s) == row.basic);
    CHECK(verdict(reason, Depth::thorough, 299s) == row.thorough);
    CHECK(verdict(reason, Depth::basic, 300s) == row.later_basic);
    CHECK(verdict(reason, Depth::thorough, 300s) == row.later_thorough);
  }
  for (const Depth depth : {Depth::basic, Depth::thorough, Depth::strict}) {
    CHECK(verdict(Reason::io_error, depth, 0s) == row.io_error);
    CHECK(verdict(Reason::io_error, depth, 1h) == row.io_error);
  }
}

TEST_CASE("no policy makes a guest healthy that crashed, or failed one that a migration left paused",
          "[verdict]") {
  HealthPolicy policy;
  policy.paused = policy.io_error =
      GENERATE(PausePolicy::degraded, PausePolicy::fail, PausePolicy::resume, PausePolicy::ignore);
  const auto verdict = [&](Reason reason) {
    return judge(seen(State::paused, reason), Depth::basic, Occasion::recurring, policy, 1h)
        .verdict;
  };
  CHECK(verdict(Reason::watchdog) == F);
  CHECK(verdict(Reason::guest_crashed) == F);
  CHECK(verdict(Reason::postcopy_failed) == F);
  CHECK(verdict(Reason::migrating) == (policy.paused == PausePolicy::ignore ? R : D));
}

TEST_CASE(
    "a guest is resumed only where the policy says so, by a recurring monitor, after the grace",
    "[verdict]") {
  HealthPolicy policy;
  policy.paused = policy.io_error = PausePolicy::resume;
  const auto resumed = [&](Reason reason, havc::Duration lasted) {
    return to_be_resumed(seen(State::paused, reason), Occasion::recurring, policy, lasted);
  };
  CHECK(resumed(Reason::io_error, 0s));
  for (const Reason reason : {Reason::user, Reason::saving, Reason::other}) {
    CHECK_FALSE(resumed(reason, 299s));
    CHECK(resumed(reason, 300s));
  }
  for (const Reason reason : {Reason::migrating, Reason::postcopy_failed, Reason::shutting_down,
                              Reason::guest_crashed, Reason::watchdog}) {
    CHECK_FALSE(resumed(reason, 1h));
  }
  CHECK_FALSE(to_be_resumed(seen(State::paused, Reason::io_error), Occasion::probe, policy, 1h));
  CHECK_FALSE(to_be_resumed(seen(State::running, Reason::other), Occasion::recurring, policy, 1h));
  for (const auto other : {PausePolicy::degraded, PausePolicy::fail, PausePolicy::ignore}) {
    policy.paused = policy.io_error = other;
    CHECK_FALSE(resumed(Reason::io_error, 1h));
    CHECK_FALSE(resumed(Reason::user, 1h));
  }
}

TEST_CASE("a guest that has powered off may keep its QEMU for two minutes", "[verdict]") {
  const auto inspection =
      GENERATE(seen(State::shutdown, Reason::other), seen(State::paused, Reason::shutting_down));
  CHECK(judge(inspection, Depth::basic, Occasion::recurring, {}, 119s).verdict == R);
  const Health health = judge(inspection, Depth::basic, Occasion::recurring, {}, 120s);
  CHECK(health.verdict == F);
  CHECK_THAT(health.reason, Catch::Contains("for over 120 s: its QEMU does not end"));
}

TEST_CASE("the reason of a pause says how long, and which disks", "[verdict]") {
  Inspection inspection = seen(State::paused, Reason::user);
  CHECK(judge(inspection, Depth::basic, Occasion::recurring, {}, 1h).reason ==
        "domain 'vm1' is paused (by a user) for over 300 s");
  HealthPolicy hasty;
  hasty.paused_grace = 0s;
  CHECK(judge(inspection, Depth::basic, Occasion::recurring, hasty).reason ==
        "domain 'vm1' is paused (by a user)");
  inspection.reason = Reason::io_error;
  const auto reason = [&] {
    return judge(inspection, Depth::basic, Occasion::recurring, {}).reason;
  };
  CHECK(reason() == "domain 'vm1' is paused (I/O error)");
  inspection.disk_errors = {{"vda", true}};
  CHECK(reason() == "domain 'vm1' is paused (no space left for vda)");
  inspection.disk_errors = {{"vda", false}, {"vdb", true}, {"vdc", false}};
  CHECK(reason() == "domain 'vm1' is paused (I/O error on vda, vdc; no space left for vdb)");
}

TEST_CASE("time matters for pauses that may be forgotten and power-offs that may be stuck",
          "[verdict]") {
  CHECK(time_matters(seen(State::paused, Reason::user)));
  CHECK(time_matters(seen(State::paused, Reason::shutting_down)));
  CHECK(time_matters(seen(State::shutdown, Reason::other)));
  CHECK_FALSE(time_matters(seen(State::running, Reason::other)));
  CHECK(time_matters(seen(State::paused, Reason::migrating)));
  CHECK_FALSE(time_matters(seen(State::running, Reason::migrating)));
  CHECK_FALSE(time_matters(seen(State::shutoff, Reason::other)));
}

TEST_CASE("all but shut off is active", "[verdict]") {
  for (int state = 0; state < kStateCount; ++state) {
    CHECK(active(static_cast<State>(state)) == (static_cast<State>(state) != State::shutoff));
  }
}

TEST_CASE("a running domain has nothing to explain", "[verdict]") {
  CHECK(
      judge({{"vm1", ""}, State::running, Reason::other, false}, Depth::basic, Occasion::probe, {})
          .reason.empty());
}
