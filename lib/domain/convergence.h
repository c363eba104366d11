// Whether a live migration gets anywhere, and what to do when it does not: a pure decision from
// what libvirt counts and the time. Nothing here calls or waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "base/clock.h"
#include "domain/migrate_options.h"
#include "domain/migration.h"

namespace havc::domain {

/// What may be done.
struct ConvergencePolicy {
  bool ramp = true;       ///< raise the downtime; false when the administrator chose one
  bool postcopy = false;  ///< switch when it does not converge
  bool postcopy_after_precopy = false;    ///< switch after the first pass
  Duration act_after = Duration::zero();  ///< zero: never
  AtTimeout at_timeout = AtTimeout::suspend;
  Duration budget{};  ///< for the whole migration
};

/// The memory is copied in passes (QEMU's iterations): each sends what the guest has changed during
/// the one before. A pass that has more to send than the smallest one so far is no progress.
class Convergence {
 public:
  explicit Convergence(const ConvergencePolicy& policy) : policy_(policy) {}

  enum class Act { nothing, raise_downtime, postcopy, suspend };
  struct Step {
    Act act = Act::nothing;
    std::chrono::milliseconds downtime{0};  ///< for raise_downtime
  };

  /// What to do now. Each step of the downtime is ordered once; post-copy and suspend again and
  /// again until it is seen, or has been done. `elapsed`: since the migration began.
  Step observe(const Migration::Progress& progress, Duration elapsed);

  /// No progress for 5 passes and 10 s, or in any case for 150 s (KubeVirt's progress timeout).
  bool stalled() const { return stalled_; }

 private:
  void follow_passes(const Migration::Progress& progress, Duration elapsed);
  bool clearly_smaller() const;
  std::optional<std::chrono::milliseconds> next_downtime(Duration elapsed);
  bool wants_postcopy(const Migration::Progress& progress, Duration elapsed) const;
  bool may_act_at_timeout(Duration elapsed) const;

  ConvergencePolicy policy_;
  std::uint64_t pass_ = 0;
  std::uint64_t pass_size_ = 0;  // the most that was seen to remain in it
  std::uint64_t pass_left_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t smallest_pass_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t passes_without_progress_ = 0;
  int throttle_ = 0;
  Duration progress_at_{};
  bool stalled_ = false;
  std::size_t downtime_step_ = 0;
  std::uint64_t raised_in_pass_ = 0;
  Duration raised_at_{};
};

/// "iteration 4, 12 of 64 MiB left, dirty rate 30 MiB/s, sent 20 MiB/s, slowed down by 40 %, about
/// 3 s"; what is not known is left out.
std::string describe(const Migration::Progress& progress);

/// "dirty rate 30 > bandwidth 20 MiB/s" when that is why, else how much is left.
std::string why_no_end(const Migration::Progress& progress);

}  // namespace havc::domain
