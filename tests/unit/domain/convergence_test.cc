#include "domain/convergence.h"

#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using Act = Convergence::Act;
using Progress = Migration::Progress;

namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;

Progress pass(std::uint64_t iteration, std::uint64_t left) {
  Progress progress;
  progress.iteration = iteration;
  progress.bytes_total = 1000 * kMebibyte;
  progress.bytes_remaining = left * kMebibyte;
  return progress;
}

ConvergencePolicy policy() {
  ConvergencePolicy policy;
  policy.budget = 600s;
  return policy;
}

/// A pass a second, each as large as the one before.
Act last_act_after(Convergence& convergence, int seconds) {
  Act act = Act::nothing;
  for (int i = 0; i <= seconds; ++i) {
    const auto now =
        convergence.observe(pass(static_cast<std::uint64_t>(i) + 1, 500), std::chrono::seconds(i));
    if (now.act != Act::nothing) act = now.act;
  }
  return act;
}

}  // namespace

TEST_CASE("a long first pass that moves on is no stall", "[convergence]") {
  Convergence convergence(policy());
  for (int i = 0; i < 400; ++i) {
    const auto left = 1000 - static_cast<std::uint64_t>(i) * 2;
    CHECK(convergence.observe(pass(1, left), std::chrono::seconds(i)).act == Act::nothing);
  }
  CHECK_FALSE(convergence.stalled());
}

TEST_CASE("a pass that does not move for 150 s is a stall", "[convergence]") {
  Convergence convergence(policy());
  for (int i = 0; i < 150; ++i) convergence.observe(pass(1, 900), std::chrono::seconds(i));
  CHECK_FALSE(convergence.stalled());
  convergence.observe(pass(1, 900), 150s);
  CHECK(convergence.stalled());
}

TEST_CASE("disks that are copied before the memory are no stall", "[convergence]") {
  Convergence convergence(policy());
  for (int i = 0; i <= 400; ++i) convergence.observe(pass(0, 900), std::chrono::seconds(i));
  CHECK_FALSE(convergence.stalled());
}

TEST_CASE("passes that do not get smaller are a stall", "[convergence]") {
  Convergence convergence(policy());
  last_act_after(convergence, 8);
  CHECK_FALSE(convergence.stalled());
  last_act_after(convergence, 20);
  CHECK(convergence.stalled());
}

TEST_CASE("passes that get smaller are none", "[convergence]") {
  Convergence convergence(policy());
  std::uint64_t left = 900;
  for (std::uint64_t i = 1; i < 30; ++i, left = left * 4 / 5) {
    convergence.observe(pass(i, left), std::chrono::seconds(10 * i));
  }
  CHECK_FALSE(convergence.stalled());
}

TEST_CASE("the downtime is raised step by step, to three seconds", "[convergence]") {
  Convergence convergence(policy());
  std::vector<std::chrono::milliseconds> downtimes;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto step = convergence.observe(pass(i + 1, 500), std::chrono::seconds(i));
    if (step.act == Act::raise_downtime) downtimes.push_back(step.downtime);
  }
  CHECK(downtimes == std::vector<std::chrono::milliseconds>{500ms, 1000ms, 2000ms, 3000ms});
}

TEST_CASE("a downtime that was chosen is not raised", "[convergence]") {
  auto fixed = policy();
  fixed.ramp = false;
  Convergence convergence(fixed);
  CHECK(last_act_after(convergence, 60) == Act::nothing);
}

TEST_CASE("a stall leads to post-copy where that is allowed", "[convergence]") {
  auto allowed = policy();
  allowed.postcopy = true;
  Convergence convergence(allowed);
  CHECK(last_act_after(convergence, 8) != Act::postcopy);
  CHECK(last_act_after(convergence, 30) == Act::postcopy);
}

TEST_CASE("half of the time leads to post-copy, too", "[convergence]") {
  auto allowed = policy();
  allowed.postcopy = true;
  allowed.budget = 20s;
  Convergence convergence(allowed);
  CHECK(convergence.observe(pass(1, 900), 9s).act == Act::nothing);
  CHECK(convergence.observe(pass(1, 100), 10s).act == Act::postcopy);
}

TEST_CASE("before the memory moves there is nothing to switch", "[convergence]") {
  auto allowed = policy();
  allowed.postcopy = true;
  Convergence convergence(allowed);
  CHECK(convergence.observe({}, 599s).act == Act::nothing);
}

TEST_CASE("in post-copy nothing is done any more", "[convergence]") {
  auto allowed = policy();
  allowed.postcopy = true;
  allowed.act_after = 1s;
  Convergence convergence(allowed);
  Progress progress = pass(9, 500);
  progress.postcopy = true;
  CHECK(convergence.observe(progress, 500s).act == Act::nothing);
  CHECK_FALSE(convergence.stalled());
}

TEST_CASE("virsh's timeout suspends or switches", "[convergence]") {
  auto timed = policy();
  timed.act_after = 30s;
  CHECK(Convergence(timed).observe(pass(1, 900), 29s).act == Act::nothing);
  CHECK(Convergence(timed).observe(pass(1, 900), 30s).act == Act::suspend);
  timed.at_timeout = AtTimeout::postcopy;
  timed.postcopy = true;
  CHECK(Convergence(timed).observe(pass(1, 900), 30s).act == Act::postcopy);
}

TEST_CASE("post-copy after the first pass", "[convergence]") {
  auto allowed = policy();
  allowed.postcopy = allowed.postcopy_after_precopy = true;
  Convergence convergence(allowed);
  CHECK(convergence.observe(pass(1, 900), 1s).act == Act::nothing);
  CHECK(convergence.observe(pass(2, 100), 2s).act == Act::postcopy);
}

TEST_CASE("a guest that is being slowed down more and more has not stalled", "[convergence]") {
  Convergence convergence(policy());
  for (std::uint64_t i = 0; i < 60; ++i) {
    auto progress = pass(i + 1, 500);
    progress.throttle = static_cast<int>(i);
    convergence.observe(progress, std::chrono::seconds(i));
  }
  CHECK_FALSE(convergence.stalled());
}

TEST_CASE("progress in words", "[convergence]") {
  Progress progress = pass(4, 12);
  CHECK(describe(Progress{}) == "not begun yet");
  CHECK(describe(pass(0, 12)) == "before the memory, 12 of 1000 MiB left");
  CHECK(describe(progress) == "iteration 4, 12 of 1000 MiB left");
  progress.bandwidth = 20 * kMebibyte;
  CHECK(describe(progress) == "iteration 4, 12 of 1000 MiB left, sent 20 MiB/s, about 0 s");
  progress.dirty_rate = 30 * kMebibyte;
  progress.throttle = 40;
  CHECK(
      describe(progress) ==
      "iteration 4, 12 of 1000 MiB left, dirty rate 30 MiB/s, sent 20 MiB/s, slowed down by 40 %");
  CHECK(why_no_end(progress) == "dirty rate 30 > bandwidth 20 MiB/s");
  progress.dirty_rate = 0;
  CHECK(why_no_end(progress) == "12 of 1000 MiB left");
  CHECK(why_no_end({}) == "no progress seen");
  progress.postcopy = true;
  CHECK(describe(progress) ==
        "post-copy, 12 of 1000 MiB left, sent 20 MiB/s, slowed down by 40 %, about 0 s");
}
