#include "domain/migration_watch.h"

#include "base/error.h"
#include "base/log.h"

namespace havc::domain {

namespace {

using std::chrono::seconds;
constexpr Duration kBetweenLooks = seconds(1);
constexpr Duration kBetweenReports = seconds(10);
constexpr Duration kOneCall = seconds(5);
constexpr Duration kNothingSent = seconds(5);  // a slow link sends something each second
constexpr Duration kAnswer = seconds(5);

}  // namespace

bool MigrationWatch::wait(Deadline budget, Deadline deadline) {
  const Instant begun = budget.now();
  Instant report = begun + kBetweenReports;
  while (!job_.wait((in_postcopy() ? deadline : budget).capped(kBetweenLooks))) {
    const Deadline until = in_postcopy() ? deadline : budget;
    if (until.expired()) return false;
    look(until.capped(kOneCall));
    look_after_target(until);
    if (target_lost_) return false;
    act(convergence_.observe(progress_, until.now() - begun), until.capped(kOneCall));
    if (until.now() < report) continue;
    tell();
    report = until.now() + kBetweenReports;
  }
  return true;
}

// Not to know how far it is does not end a migration, nor keep it from being aborted.
void MigrationWatch::look(Deadline until) {
  try {
    const auto now = job_.progress(until);
    // Nothing is concluded while the memory does not move: the last step is the target's.
    const bool memory = now.iteration > 0 && now.bytes_remaining > 0 && !now.postcopy;
    if (!memory || now.bytes_sent != sent_) sent_at_.reset();
    sent_ = now.bytes_sent;
    if (memory && !sent_at_) sent_at_ = until.now();
    if (now.iteration > 0 || now.postcopy || now.bytes_total > 0) progress_ = now;
  } catch (const Error& error) {
    sent_at_.reset();
    log::debug(error.problem());
  }
}

// While a migration to a dead host has no end, the cluster cannot fence that host nor recover its
// guests: Pacemaker waits for the action.
void MigrationWatch::look_after_target(Deadline until) {
  if (!sent_at_ || may_be_in_postcopy() || until.now() - *sent_at_ < kNothingSent) return;
  target_lost_ = !target_(until.capped(kAnswer));
  sent_at_ = until.now();
}

void MigrationWatch::tell() {
  log::info("migrating " + name_ + ": " + describe(progress_));
  if (!convergence_.stalled() || told_of_stall_) return;
  told_of_stall_ = true;
  log::warn("the migration of " + name_ + " does not converge: " + why_no_end(progress_));
}

void MigrationWatch::act(const Convergence::Step& step, Deadline until) {
  using Act = Convergence::Act;
  switch (step.act) {
    case Act::nothing:
      return;
    case Act::raise_downtime:
      log::info("migrating " + name_ + ": the guest may stand still for " +
                std::to_string(step.downtime.count()) + " ms");
      attempt([&] { job_.set_downtime(step.downtime, until); });
      return;
    case Act::postcopy:
      if (switched_ || resumes_) return;
      if (last_trouble_.empty()) {
        log::warn("migrating " + name_ + ": switching to post-copy; " + why_no_end(progress_));
      }
      switched_ = attempt([&] { job_.begin_postcopy(until); });
      return;
    case Act::suspend:
      if (suspended_) return;
      log::warn("migrating " + name_ + ": --timeout is over, the guest stands still from now on");
      suspended_ = attempt([&] { job_.suspend(until); });
      return;
  }
}

// What cannot be done now is tried again when it is ordered again, each second: told once.
template <class Call>
bool MigrationWatch::attempt(Call call) {
  try {
    call();
    return true;
  } catch (const Error& error) {
    if (error.problem() != last_trouble_) log::warn(error.problem());
    last_trouble_ = error.problem();
    return false;
  }
}

}  // namespace havc::domain
