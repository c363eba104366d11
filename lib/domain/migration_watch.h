// Follows one migration to its end or to the end of its time: tells in the log how far it is, and
// does what convergence.h decides. What became of the guest is for the caller to look at.
#pragma once

#include <string>

#include "base/deadline.h"
#include "domain/convergence.h"
#include "domain/migration.h"

namespace havc::domain {

class MigrationWatch {
 public:
  /// `name`: of the domain, quoted, for messages.
  MigrationWatch(Migration& job, std::string name, const MigrationPlan& plan,
                 const ConvergencePolicy& policy)
      : job_(job), name_(std::move(name)), convergence_(policy), resumes_(plan.postcopy_resume) {}

  /// True when the migration has ended, false when `budget` has. In post-copy, where nothing can be
  /// taken back, it waits until `deadline` instead. Throws what the migration failed with.
  bool wait(Deadline budget, Deadline deadline);

  /// As of the last look.
  const Migration::Progress& progress() const { return progress_; }
  /// Seen, not only ordered: QEMU does not obey while the connection is stuck.
  bool in_postcopy() const { return progress_.postcopy || resumes_; }
  bool may_be_in_postcopy() const { return in_postcopy() || switched_; }
  bool suspended() const { return suspended_; }

 private:
  void look(Deadline until);
  void tell();
  void act(const Convergence::Step& step, Deadline until);
  template <class Call>
  bool attempt(Call call);

  Migration& job_;
  std::string name_;
  Convergence convergence_;
  Migration::Progress progress_;
  bool resumes_ = false;   // a post-copy that broke
  bool switched_ = false;  // ordered
  bool suspended_ = false;
  bool told_of_stall_ = false;
  std::string last_trouble_;
};

}  // namespace havc::domain
