#include "domain/verdict.h"

#include "support/catch.h"

using namespace havc::domain;

static Verdict verdict(State state, Reason reason, Depth depth = Depth::basic,
                       Occasion occasion = Occasion::recurring) {
  return judge({{"vm1", ""}, state, reason, false}, depth, occasion, {}).verdict;
}

TEST_CASE("each state and reason has its verdict at both depths", "[verdict]") {
  struct Row {
    State state;
    Reason reason;
    Verdict basic;
    Verdict thorough;
  };
  const auto row = GENERATE(values<Row>({
      {State::running, Reason::other, Verdict::running, Verdict::running},
      {State::running, Reason::migrating, Verdict::running, Verdict::running},
      {State::running, Reason::postcopy_failed, Verdict::failed, Verdict::failed},
      {State::blocked, Reason::other, Verdict::running, Verdict::running},
      {State::paused, Reason::user, Verdict::running, Verdict::degraded},
      {State::paused, Reason::other, Verdict::running, Verdict::degraded},
      {State::paused, Reason::migrating, Verdict::running, Verdict::running},
      {State::paused, Reason::io_error, Verdict::degraded, Verdict::degraded},
      {State::paused, Reason::watchdog, Verdict::failed, Verdict::failed},
      {State::paused, Reason::guest_crashed, Verdict::failed, Verdict::failed},
      {State::paused, Reason::postcopy_failed, Verdict::failed, Verdict::failed},
      {State::pmsuspended, Reason::other, Verdict::running, Verdict::running},
      {State::shutdown, Reason::other, Verdict::running, Verdict::running},
      {State::crashed, Reason::other, Verdict::failed, Verdict::failed},
      {State::shutoff, Reason::other, Verdict::not_running, Verdict::not_running},
      {State::shutoff, Reason::guest_crashed, Verdict::failed, Verdict::failed},
      {State::shutoff, Reason::failed, Verdict::failed, Verdict::failed},
      {State::no_state, Reason::other, Verdict::failed, Verdict::failed},
  }));
  CAPTURE(static_cast<int>(row.state), static_cast<int>(row.reason));
  CHECK(verdict(row.state, row.reason, Depth::basic) == row.basic);
  CHECK(verdict(row.state, row.reason, Depth::thorough) == row.thorough);
}

TEST_CASE("to a probe a QEMU that died is not running", "[verdict]") {
  CHECK(verdict(State::shutoff, Reason::failed, Depth::basic, Occasion::probe) ==
        Verdict::not_running);
  CHECK(verdict(State::shutoff, Reason::guest_crashed, Depth::basic, Occasion::probe) ==
        Verdict::not_running);
}

TEST_CASE("what a pause by an I/O error means is the administrator's choice", "[verdict]") {
  const Inspection paused{{"vm1", ""}, State::paused, Reason::io_error, false};
  using Pause = PausePolicy;
  CHECK(judge(paused, Depth::basic, Occasion::recurring, {Pause::ignore}).verdict ==
        Verdict::running);
  CHECK(judge(paused, Depth::basic, Occasion::recurring, {Pause::fail}).verdict == Verdict::failed);
  const Health health = judge(paused, Depth::basic, Occasion::recurring, {});
  CHECK(health.verdict == Verdict::degraded);
  CHECK(health.reason == "domain 'vm1' is paused (I/O error)");
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
