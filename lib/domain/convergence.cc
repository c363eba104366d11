#include "domain/convergence.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace havc::domain {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPassesOfStall = 5;
constexpr Duration kLeastStall = 10s;  // passes of a small guest last milliseconds
constexpr Duration kStall = 150s;

// libvirt and QEMU begin with 300 ms. Three seconds are what most network connections into a guest
// still forgive.
constexpr std::array kDowntimes{500ms, 1000ms, 2000ms, 3000ms};
constexpr std::uint64_t kPassesBeforeRaise = 2;
constexpr Duration kBetweenRaises = 3s;

std::uint64_t mebibytes(std::uint64_t bytes) {
  return (bytes + (1U << 19U)) >> 20U;
}

}  // namespace

Convergence::Step Convergence::observe(const Migration::Progress& progress, Duration elapsed) {
  stalled_ = false;
  if (progress.postcopy) return {};
  follow_passes(progress, elapsed);
  if (wants_postcopy(progress, elapsed)) return {Act::postcopy};
  if (policy_.at_timeout == AtTimeout::suspend && may_act_at_timeout(elapsed)) {
    return {Act::suspend};
  }
  if (const auto downtime = next_downtime(elapsed)) return {Act::raise_downtime, *downtime};
  return {};
}

void Convergence::follow_passes(const Migration::Progress& progress, Duration elapsed) {
  if (progress.iteration == 0) {  // disks are copied first
    progress_at_ = elapsed;
    return;
  }
  bool better = progress.throttle > throttle_;  // auto-converge has not done its utmost yet
  throttle_ = progress.throttle;
  if (progress.iteration != pass_) {
    // The size of the last one is known now. The first is the whole memory: nothing to compare
    // with.
    if (pass_ > 1 && clearly_smaller()) {
      smallest_pass_ = pass_size_;
      better = true;
    } else if (pass_ > 0) {
      passes_without_progress_ += progress.iteration - pass_;
    }
    pass_ = progress.iteration;
    pass_size_ = 0;
    pass_left_ = std::numeric_limits<std::uint64_t>::max();
  }
  pass_size_ = std::max(pass_size_, progress.bytes_remaining);
  // A long pass that is smaller than all before it moves on while it shrinks.
  if (clearly_smaller() && progress.bytes_remaining < pass_left_) progress_at_ = elapsed;
  pass_left_ = std::min(pass_left_, progress.bytes_remaining);
  if (better) {
    passes_without_progress_ = 0;
    progress_at_ = elapsed;
  }
  const Duration without = elapsed - progress_at_;
  stalled_ =
      without >= kStall || (passes_without_progress_ >= kPassesOfStall && without >= kLeastStall);
}

// By a twentieth: chance makes a pass a little smaller now and then.
bool Convergence::clearly_smaller() const {
  return pass_size_ < smallest_pass_ - smallest_pass_ / 20;
}

std::optional<std::chrono::milliseconds> Convergence::next_downtime(Duration elapsed) {
  if (!policy_.ramp || downtime_step_ >= kDowntimes.size()) return {};
  if (pass_ < std::max(raised_in_pass_, std::uint64_t{1}) + kPassesBeforeRaise) return {};
  if (elapsed - raised_at_ < kBetweenRaises) return {};
  raised_in_pass_ = pass_;
  raised_at_ = elapsed;
  return kDowntimes.at(downtime_step_++);
}

bool Convergence::wants_postcopy(const Migration::Progress& progress, Duration elapsed) const {
  if (!policy_.postcopy || progress.iteration == 0) return false;
  if (policy_.postcopy_after_precopy && progress.iteration > 1) return true;
  if (policy_.at_timeout == AtTimeout::postcopy && may_act_at_timeout(elapsed)) return true;
  // Half of the time must do for what post-copy has yet to send.
  return stalled_ || elapsed >= policy_.budget / 2;
}

bool Convergence::may_act_at_timeout(Duration elapsed) const {
  return policy_.act_after > Duration::zero() && elapsed >= policy_.act_after;
}

std::string describe(const Migration::Progress& progress) {
  const bool memory = progress.iteration > 0 || progress.postcopy;
  if (!memory && progress.bytes_total == 0) return "not begun yet";
  std::string text = !memory             ? "before the memory"
                     : progress.postcopy ? "post-copy"
                                         : fmt::format("iteration {}", progress.iteration);
  text += fmt::format(", {} of {} MiB left", mebibytes(progress.bytes_remaining),
                      mebibytes(progress.bytes_total));
  if (!progress.postcopy && progress.dirty_rate > 0) {
    text += fmt::format(", dirty rate {} MiB/s", mebibytes(progress.dirty_rate));
  }
  if (progress.bandwidth > 0) text += fmt::format(", sent {} MiB/s", mebibytes(progress.bandwidth));
  if (progress.throttle > 0) text += fmt::format(", slowed down by {} %", progress.throttle);
  const std::uint64_t dirtied = progress.postcopy ? 0 : progress.dirty_rate;
  if (progress.bandwidth > dirtied) {
    text += fmt::format(", about {} s", progress.bytes_remaining / (progress.bandwidth - dirtied));
  }
  return text;
}

std::string why_no_end(const Migration::Progress& progress) {
  if (progress.bandwidth > 0 && progress.dirty_rate > progress.bandwidth) {
    return fmt::format("dirty rate {} > bandwidth {} MiB/s", mebibytes(progress.dirty_rate),
                       mebibytes(progress.bandwidth));
  }
  if (progress.bytes_total == 0) return "no progress seen";
  return fmt::format("{} of {} MiB left", mebibytes(progress.bytes_remaining),
                     mebibytes(progress.bytes_total));
}

}  // namespace havc::domain
