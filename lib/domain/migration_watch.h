// Follows one migration to its end or to the end of its time: tells in the log how far it is, and
// does what convergence.h decides. What became of the guest is for the caller to look at.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/deadline.h"
#include "domain/convergence.h"
#include "domain/migration.h"

namespace havc::domain {

class MigrationWatch {
 public:
  /// Whether the target's libvirt answers; false when it was silent up to this deadline.
  using Ask = std::function<bool(Deadline)>;
  /// `name`: of the domain, quoted, for messages.
  MigrationWatch(Migration& job, std::string name, const MigrationPlan& plan,
                 const ConvergencePolicy& policy, Ask target)
      : job_(job),
        name_(std::move(name)),
        convergence_(policy),
        target_(std::move(target)),
        resumes_(plan.postcopy_resume) {}

  /// True when the migration has ended, false when `budget` has, or the target is lost. In
  /// post-copy, where nothing can be taken back, it waits until `deadline` instead. Throws what the
  /// migration failed with.
  bool wait(Deadline budget, Deadline deadline);

  /// As of the last look.
  const Migration::Progress& progress() const { return progress_; }
  /// Seen, not only ordered: QEMU does not obey while the connection is stuck.
  bool in_postcopy() const { return progress_.postcopy || resumes_; }
  bool may_be_in_postcopy() const { return in_postcopy() || switched_; }
  bool suspended() const { return suspended_; }
  /// For 5 s no memory was sent, and then the target's libvirt was silent for as long: the host is
  /// dead or cut off. TCP would notice in a quarter of an hour.
  bool target_lost() const { return target_lost_; }
  /// Memory has moved.
  bool under_way() const { return progress_.bytes_total > 0; }

 private:
  void look(Deadline until);
  void look_after_target(Deadline until);
  void tell();
  void act(const Convergence::Step& step, Deadline until);
  template <class Call>
  bool attempt(Call call);

  Migration& job_;
  std::string name_;
  Convergence convergence_;
  Ask target_;
  Migration::Progress progress_;
  std::uint64_t sent_ = 0;          // as of sent_at_
  std::optional<Instant> sent_at_;  // when that changed, or the target was asked
  bool resumes_ = false;   // a post-copy that broke
  bool switched_ = false;  // ordered
  bool suspended_ = false;
  bool told_of_stall_ = false;
  bool target_lost_ = false;
  std::string last_trouble_;
};

}  // namespace havc::domain
