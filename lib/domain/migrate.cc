#include "domain/migrate.h"

#include <fmt/format.h>
#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "domain/both_sides.h"
#include "domain/departure_check.h"
#include "domain/lasting.h"
#include "domain/link.h"
#include "domain/migration_watch.h"
#include "domain/note.h"

namespace havc::domain {

namespace {

using std::chrono::seconds;
// To another try: a port is free again at once, a backup takes its time.
constexpr Duration kFirstPause = seconds(2);
constexpr Duration kLongestPause = seconds(30);
// A libvirtd that is slow or restarts is worth waiting for: to fail here would reboot a guest that
// has arrived.
constexpr Duration kMostSilence = seconds(30);
constexpr Duration kSettle = seconds(1);  // both sides tell of the end within milliseconds
constexpr Duration kMostRestart = seconds(15);  // of a libvirtd; it answers after one or two
// The memory of a guest that the target cannot load in the end is not sent over and over.
constexpr int kMostBreaks = 2;

class Departure {
 public:
  Departure(const Subject& subject, const std::string& target, const MigrationPlan& plan,
            const MigratePolicy& policy, const Connect& connect, const Places& places,
            Deadline deadline)
      : subject_(subject),
        target_(target),
        plan_(plan),
        checks_{policy.preflight, policy.start_resources},
        places_(places),
        policy_(policy),
        here_(connect, subject.uri),
        there_(connect, plan.destination_uri),
        consent_(policy.consent),
        begun_(deadline.now()),
        deadline_(deadline) {
    const Duration total =
        policy.timeout > Duration::zero() ? policy.timeout : deadline.remaining();
    reserve_ = std::min(abort_reserve(total, policy), deadline.remaining() / 2);
  }

  Migrated run() {
    const Look source = here_.look(subject_.identity, deadline_.earlier_by(reserve_));
    if (!source.answered()) throw Error(*source.silence);
    refuse_itself();
    const Look target = look_there();
    if (!source.present()) return absent_here({source, target});
    refuse_if_there(target);
    check_departure(subject_, target_, plan_, checks_, places_, here_, there_,
                    deadline_.earlier_by(reserve_));
    if (consent_) consent_(subject_.identity, deadline_.earlier_by(reserve_));
    mark_here();
    move(*source.found);
    confirm();
    return Migrated::done;
  }

 private:
  Error about_target(const Error& error) const {
    // Whatever it is there: a hard code from here would ban this node instead of that one.
    return {Fault::failed, "migration target " + text::quote(target_) + ": " + error.problem(),
            error.remedy()};
  }

  void refuse_itself() {
    const Deadline until = deadline_.earlier_by(reserve_);
    const std::string ours = here_.open(until).host_uuid(until);
    std::string theirs;
    if (const auto silence =
            there_.attempt([&](Hypervisor& it) { theirs = it.host_uuid(until); }, until)) {
      throw about_target(*silence);
    }
    if (ours == theirs) {
      throw Error(Fault::failed,
                  "migration target " + text::quote(target_) + " has the host UUID of this node",
                  "set another host_uuid in its libvirtd.conf, or correct DNS");
    }
  }

  Look look_there() {
    Look look = there_.look(subject_.identity, deadline_.earlier_by(reserve_));
    if (!look.answered()) throw about_target(*look.silence);
    return look;
  }

  Migrated absent_here(const BothSides& sides) {
    if (sides.arrived()) return Migrated::already_there;
    if (sides.there.present()) {
      throw Error(Fault::failed,
                  "domain " + name() + " has not arrived whole: " + sides.in_words(),
                  "stop it on " + target_ + ", then start it");
    }
    throw Error(Fault::failed, "domain " + name() + " does not run here",
                "start it instead of migrating it");
  }

  void refuse_if_there(const Look& target) {
    if (target.present()) {
      throw Error(Fault::failed,
                  "domain " + name() + " is " + describe(*target.found) + " on " +
                      text::quote(target_) + ", too",
                  "end the one that is not real");
    }
    if (target.namesake && active(target.namesake->state)) {
      throw Error(Fault::failed,
                  "another domain is called " + name() + " on " + text::quote(target_),
                  "rename one of the two");
    }
    if (target.namesake) {
      throw Error(Fault::failed,
                  target_ + " defines another domain " + name(),
                  "virsh undefine --keep-nvram " + target.namesake->identity.uuid);
    }
    if (target.found && target.found->identity.name != subject_.identity.name) {
      throw Error(Fault::failed,
                  target_ + " defines " + name() + " as " +
                      text::quote(target.found->identity.name),
                  "virsh undefine --keep-nvram " + subject_.identity.uuid);
    }
  }

  // A guest that somebody else started has no metadata. Without it a target on which the definition
  // is missing could not tell whose guest came, nor stop it. To move it is better than to refuse.
  void mark_here() {
    const Deadline until = deadline_.earlier_by(reserve_).capped(kOneLook);
    const Mark mark{subject_.instance, subject_.config};
    const auto failure = here_.attempt(
        [&](Hypervisor& it) { it.mark(subject_.identity, mark, until); }, until);
    if (failure) log::warn(failure->problem());
  }

  // Troubles that may pass, a connection that broke half-way as when a libvirtd is restarted, and a
  // post-copy that broke, are met by another try.
  void move(const Inspection& source) {
    const Deadline budget = deadline_.earlier_by(reserve_);
    MigrationPlan plan = plan_;
    int breaks = 0;
    for (Duration pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
      const auto trouble = attempt(source, plan, budget);
      if (!trouble) return;
      const BothSides sides = settle(source, *trouble);
      if (sides.arrived()) return log::warn(trouble->error.problem() + "; but it arrived");
      const bool passes = trouble->may_pass || (trouble->broke && ++breaks <= kMostBreaks);
      const bool worth_it = sides.can_be_resumed() || (passes && sides.still_here());
      if (trouble->final || !worth_it || budget.remaining() <= pause) throw told(*trouble, sides);
      log::warn(trouble->error.problem() + "; trying again");
      plan.postcopy_resume = sides.can_be_resumed();
      budget.pause(pause);
    }
  }

  struct Trouble {
    Error error;
    bool may_pass = false;   // the same may succeed in a moment
    bool broke = false;      // half-way
    bool postcopy = false;   // the guest has run on the target
    bool suspended = false;  // by us
    bool held = false;       // by us, too: the target may run it
    bool final = false;      // its time was up
  };

  // Nothing when libvirt says that the guest has moved.
  std::optional<Trouble> attempt(const Inspection& source, const MigrationPlan& plan,
                                 Deadline budget) {
    std::unique_ptr<Migration> job;
    std::optional<MigrationWatch> watch;
    try {
      job = here_.open(budget).begin_migration(source.identity, plan, budget);
      watch.emplace(*job, name(), plan, convergence_policy(budget),
                    [this, &source](Deadline until) {
                      return there_.look(source.identity, until).answered();
                    });
      if (watch->wait(budget, deadline_.earlier_by(reserve_ / 4))) return {};
    } catch (const Error& error) {
      const bool begun = watch.has_value();
      Trouble trouble{error};
      trouble.may_pass = begun && job->may_pass();
      trouble.broke = begun && watch->under_way();
      trouble.postcopy = begun && watch->may_be_in_postcopy();
      trouble.suspended = begun && watch->suspended();
      trouble.held = begun && !trouble.postcopy && hold(*job, source, error);
      return trouble;
    }
    return watch->in_postcopy() ? too_late_in_postcopy(*watch) : abort(*job, *watch, source);
  }

  // The last step of a migration is the target's: it lets the guest go on there. When its answer is
  // lost, libvirt takes it for failed and lets the guest go on here, while it may run there: no
  // guest may run twice, so it stands still until the target has been asked.
  bool hold(Migration& job, const Inspection& before, const Error& error) {
    const Look here = here_.look(before.identity, deadline_.capped(kOneLook));
    const auto resumed = [](const Inspection& it) {
      return it.state == State::running && it.reason == Reason::switch_over_failed;
    };
    if (!here.found || !resumed(*here.found)) return false;
    // It may have been so since an earlier migration; a connection that broke leaves doubt.
    const bool broke = error.fault() == Fault::unreachable || error.fault() == Fault::timed_out;
    if (!broke && resumed(before)) return false;
    try {
      job.suspend(deadline_.capped(kOneLook));
    } catch (const Error& failure) {
      log::warn(failure.problem());
      return false;
    }
    hold_state(places_.notes, subject_.instance, before.identity, deadline_.now());
    log::warn(name() + " is held here, because " + text::quote(target_) + " may run it: " +
              error.problem());
    return true;
  }

  ConvergencePolicy convergence_policy(Deadline budget) const {
    ConvergencePolicy policy;
    policy.ramp = plan_.downtime.count() == 0;
    policy.postcopy = plan_.postcopy;
    policy.postcopy_after_precopy = policy_.postcopy_after_precopy;
    policy.act_after = policy_.act_after;
    policy.at_timeout = policy_.at_timeout;
    policy.budget = budget.remaining();
    return policy;
  }

  // Nothing when it had just ended.
  std::optional<Trouble> abort(Migration& job, const MigrationWatch& watch,
                               const Inspection& source) {
    const bool lost = watch.target_lost();
    log::warn("aborting the migration of " + name() +
              (lost ? ": " + text::quote(target_) + " is silent, and nothing goes there"
                    : ", its time is up"));
    // libvirt itself waits for a target that is lost.
    const Deadline end = lost ? deadline_.capped(kOneLook) : deadline_.earlier_by(reserve_ / 4);
    std::string doubt;
    bool held = false;
    const bool postcopy = watch.may_be_in_postcopy();
    try {
      job.abort(deadline_.earlier_by(reserve_ / 2));
    } catch (const Error& error) {
      doubt = " (" + error.problem() + ")";
    }
    try {
      if (job.wait(end)) return {};
      if (doubt.empty() && !lost) doubt = " (its abort has no end)";
    } catch (const Error& error) {
      log::info(error.problem());
      held = !postcopy && hold(job, source, error);
    }
    Trouble trouble{
        lost ? Error(Fault::failed,
                     fmt::format("aborted after {} s: the target is silent{}", spent(), doubt),
                     "check its power and network")
             : Error(Fault::timed_out,
                     fmt::format("aborted after {} s: {}{}", spent(), why_no_end(watch.progress()),
                                 doubt),
                     "raise its timeout or allow post-copy")};
    trouble.postcopy = postcopy;
    trouble.suspended = watch.suspended();
    trouble.held = held;
    trouble.final = true;
    return trouble;
  }

  Trouble too_late_in_postcopy(const MigrationWatch& watch) const {
    Trouble trouble{
        Error(Fault::timed_out,
              fmt::format("still in post-copy after {} s, {}", spent(), why_no_end(watch.progress())),
              "stop neither side before it has ended")};
    trouble.postcopy = true;
    trouble.final = true;
    return trouble;
  }

  // What is seen once libvirt has cleaned up. A guest that stands still here is resumed if and only
  // if it ran before, and the target certainly does not have it and never ran it.
  BothSides settle(const Inspection& source, const Trouble& trouble) {
    BothSides sides = look_at_both(here_, there_, source.identity, deadline_);
    const Deadline restarted = deadline_.earlier_by(reserve_).capped(kMostRestart);
    while (!trouble.final && trouble.broke && sides.restarting() && !restarted.expired()) {
      restarted.pause(kSettle);
      sides = look_at_both(here_, there_, source.identity, deadline_);
    }
    while (trouble.held && !sides.decided_there() && deadline_.remaining() > kOneLook) {
      deadline_.pause(kSettle);
      sides = look_at_both(here_, there_, source.identity, deadline_);
    }
    const bool ran = source.state != State::paused;
    if (!ran || trouble.postcopy || !sides.stranded_here()) return sides;
    if (!trouble.held) {
      deadline_.pause(kSettle);  // libvirt resumes it by itself as a rule
      sides = look_at_both(here_, there_, source.identity, deadline_);
      if (!sides.stranded_here()) return sides;
    }
    const Reason reason = sides.here.found->reason;
    const bool by_us = reason == Reason::user && (trouble.suspended || trouble.held);
    if (reason != Reason::migrating && !by_us) return sides;
    const Deadline until = deadline_.capped(kOneLook);
    const auto failure =
        here_.attempt([&](Hypervisor& it) { it.resume(source.identity, until); }, until);
    if (failure)
      log::warn(failure->problem());
    else
      forget_state(places_.notes, subject_.instance);
    return look_at_both(here_, there_, source.identity, deadline_);
  }

  Error told(const Trouble& trouble, const BothSides& sides) const {
    const std::string to = text::quote(target_);
    const Error& error = trouble.error;
    if (sides.postcopy_broke()) {
      return {Fault::failed,
              "post-copy to " + to + " broke, " + sides.in_words() + ": " + error.problem(),
              sides.here.absent() || sides.there.absent()
                  ? "the guest is lost: stop and start it"
                  : "stop neither side; virsh migrate --postcopy-resume"};
    }
    if (trouble.held && sides.stands_still_here()) {
      return {Fault::failed,
              "migration to " + to + " broke at its end, " + sides.in_words() + ": " +
                  error.problem(),
              "held here: end one of the two, never run both"};
    }
    const std::string how = trouble.final ? " " : " failed: ";
    return {error.fault() == Fault::timed_out ? Fault::timed_out : Fault::failed,
            "migration to " + to + how + error.problem() + "; " + sides.in_words(), error.remedy()};
  }

  // Success is seen on both sides, or it is none.
  void confirm() {
    const Deadline agreed = deadline_.capped(kOneLook);
    const Deadline answered = deadline_.capped(kMostSilence);
    while (true) {
      const BothSides sides = look_at_both(here_, there_, subject_.identity, deadline_);
      if (sides.arrived()) return;
      const bool silent = !sides.here.answered() || !sides.there.answered();
      const Deadline& until = silent ? answered : agreed;
      if (until.expired()) {
        throw Error(Fault::failed,
                    "migration to " + text::quote(target_) + " ended, but " + name() + " is " +
                        sides.in_words(),
                    "look at both nodes with: virsh list --all");
      }
      until.pause(kSettle);
    }
  }

  std::chrono::seconds::rep spent() const {
    return std::chrono::duration_cast<seconds>(deadline_.now() - begun_).count();
  }

  std::string name() const { return text::quote(subject_.identity.name); }

  const Subject& subject_;
  const std::string& target_;
  const MigrationPlan& plan_;
  const DepartureChecks checks_;
  const Places& places_;
  const MigratePolicy& policy_;
  Link here_;
  Link there_;
  const std::function<void(const Identity&, Deadline)>& consent_;
  Instant begun_;
  Deadline deadline_;
  Duration reserve_{};
};

}  // namespace

Duration abort_reserve(Duration total, const MigratePolicy& policy) {
  constexpr Duration kShortTimeout = seconds(90);
  constexpr Duration kShortReserve = seconds(10);
  constexpr Duration kReserve = seconds(20);
  Duration reserve = policy.abort_reserve;
  if (reserve <= Duration::zero()) reserve = total <= kShortTimeout ? kShortReserve : kReserve;
  return std::min(reserve, total / 2);
}

Migrated migrate_to(const Subject& subject, const std::string& target, const MigrationPlan& plan,
                    const MigratePolicy& policy, const Connect& connect, const Places& places,
                    Deadline deadline) {
  const Migrated migrated = Departure(subject, target, plan, policy, connect, places, deadline).run();
  drop_note(places.notes, subject.instance);
  return migrated;
}

}  // namespace havc::domain
