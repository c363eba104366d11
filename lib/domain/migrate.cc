#include "domain/migrate.h"

#include <fmt/format.h>
#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "domain/departure_check.h"
#include "domain/link.h"
#include "domain/note.h"
#include "domain/qemu_process.h"

namespace havc::domain {

namespace {

using std::chrono::seconds;
constexpr Duration kOneLook = seconds(5);
constexpr Duration kBetweenReports = seconds(10);
constexpr Duration kLastReport = seconds(1);
constexpr Duration kSettle = seconds(1);  // both sides tell of the end within milliseconds

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
        here_(connect, subject.uri),
        there_(connect, plan.destination_uri),
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
    if (!source.present()) return absent_here(target);
    refuse_if_there(target);
    check_departure(subject_, target_, plan_, checks_, places_, here_, there_,
                    deadline_.earlier_by(reserve_));
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

  Migrated absent_here(const Look& target) {
    if (target.present()) return Migrated::already_there;
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

  void move(const Inspection& source) {
    const Deadline budget = deadline_.earlier_by(reserve_);
    std::unique_ptr<Migration> job;
    bool ended = false;
    try {
      job = here_.open(budget).begin_migration(source.identity, plan_, budget);
      ended = watch(*job, budget);
    } catch (const Error& error) {
      if (arrived()) return log::warn(error.problem() + "; but it arrived");
      throw Error(Fault::failed,
                  "migration to " + text::quote(target_) + " failed: " + error.problem() + "; " +
                      both_sides(),
                  error.remedy());
    }
    if (!ended) abort(*job);
  }

  // True when the migration has ended, false when the time for it has.
  bool watch(Migration& job, Deadline budget) {
    while (!job.wait(budget.capped(kBetweenReports))) {
      report(job, deadline_.capped(budget.expired() ? kLastReport : kOneLook));
      if (budget.expired()) return false;
    }
    return true;
  }

  // Not to know how far it is does not end a migration, nor keep it from being aborted.
  void report(Migration& job, Deadline until) {
    try {
      const auto progress = job.progress(until);
      last_progress_ = fmt::format("{} of {} MiB left", progress.bytes_remaining >> 20U,
                                   progress.bytes_total >> 20U);
      log::info("migrating " + name() + ": " + last_progress_);
    } catch (const Error& error) {
      log::debug(error.problem());
    }
  }

  void abort(Migration& job) {
    log::warn("aborting the migration of " + name() + ", its time is up");
    std::string words;
    try {
      job.abort(deadline_.earlier_by(reserve_ / 2));
      if (job.wait(deadline_.earlier_by(reserve_ / 4))) return;  // it had just ended
      words = "its abort has no end";
    } catch (const Error& error) {
      if (arrived()) return;
      words = error.problem();
    }
    const auto spent = std::chrono::duration_cast<seconds>(deadline_.now() - begun_);
    throw Error(Fault::timed_out,
                fmt::format("migration to {} aborted after {} s, {}; {} ({})", text::quote(target_),
                            spent.count(), last_progress_, both_sides(), words),
                "raise the timeout of migrate_to, or lower the load of the guest");
  }

  bool arrived() {
    return here_.look(subject_.identity, deadline_.capped(kOneLook)).absent() &&
           there_.look(subject_.identity, deadline_.capped(kOneLook)).present();
  }

  std::string side(Link& link) {
    const Look look = link.look(subject_.identity, deadline_.capped(kOneLook));
    if (!look.answered()) return "unknown";
    return look.found ? describe(*look.found) : "absent";
  }

  std::string both_sides() {
    const std::string here = side(here_);
    const std::string there = side(there_);
    if (here == "running" && there == "absent") return "still runs here";
    return "here " + here + ", there " + there;
  }

  // Success is seen on both sides, or it is none.
  void confirm() {
    const Deadline until = deadline_.capped(kOneLook);
    while (!arrived()) {
      if (until.expired()) {
        throw Error(Fault::failed,
                    "migration to " + text::quote(target_) + " ended, but " + name() + " is " +
                        both_sides(),
                    "look at both nodes with: virsh list --all");
      }
      until.pause(kSettle);
    }
  }

  std::string name() const { return text::quote(subject_.identity.name); }

  const Subject& subject_;
  const std::string& target_;
  const MigrationPlan& plan_;
  const DepartureChecks checks_;
  const Places& places_;
  Link here_;
  Link there_;
  Instant begun_;
  Deadline deadline_;
  Duration reserve_{};
  std::string last_progress_ = "no progress seen";
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
