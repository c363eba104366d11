#include "power/watch.h"

#include <algorithm>

#include "power/errand.h"

namespace havc::power {

namespace {

using namespace std::chrono_literals;

// A standby answers questions, at most, while the module in charge may just be slow (OpenHPI waits
// 15 s for an answer).
constexpr auto kSilenceForStandby = 20s;
constexpr auto kAskAgain = 5s;
// For other modules to show that they would do what the present one refuses.
constexpr auto kPatience = 5s;

}  // namespace

Instant Watch::silent_from(std::optional<Instant> waiting_since) const {
  return waiting_since ? std::max(*waiting_since, heard_) : Instant::max();
}

bool Watch::step(Instant now, std::optional<Instant> waiting_since,
                 const std::optional<Error>& refusal) {
  const bool doubted = link_->refuses() || link_->is_standby();
  if (!link_->has_others() && !doubted && !searching_since_) return false;
  const Instant from = silent_from(waiting_since);
  const bool silent = from <= now - kSilence;
  // A standby may take over, and only then is its word worth something.
  if (!silent && !doubted) {
    if (searching_since_) link_->forget();
    searching_since_.reset();
    return false;
  }
  if (!searching_since_ || now >= next_seek_) {
    link_->seek(!searching_since_);
    next_seek_ = now + kAskAgain;
  }
  if (!searching_since_) searching_since_ = now;
  if (link_->change_to_better(silent, silent && from <= now - kSilenceForStandby)) {
    link_->forget();
    searching_since_.reset();
    heard_ = now;
    return true;
  }
  if (refusal && link_->refuses() && link_->hopeless(now - *searching_since_ >= kPatience))
    throw Error(*refusal);
  return false;
}

Instant Watch::wake(std::optional<Instant> waiting_since) const {
  if (!link_->has_others() && !searching_since_) return Instant::max();
  const Instant from = silent_from(waiting_since);
  Instant next = from == Instant::max() ? from : from + kSilence;
  if (!searching_since_) return next;
  next = next_seek_;
  if (from != Instant::max() && from + kSilenceForStandby > heard_)
    next = std::min(next, std::max(next_seek_, from + kSilenceForStandby));
  return std::min(next, std::max(next_seek_, *searching_since_ + kPatience));
}

}  // namespace havc::power
