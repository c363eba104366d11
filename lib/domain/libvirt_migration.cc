#include "domain/libvirt_migration.h"

#include "base/handle.h"
#include "base/text.h"
#include "domain/libvirt_domain.h"
#include "domain/libvirt_error.h"
#include "domain/libvirt_job.h"
#include "domain/libvirt_migration_plan.h"

#include <fmt/format.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <string_view>
#include <thread>

namespace havc::domain {

namespace {

using namespace std::chrono_literals;

using Connection = Handle<virConnect, virConnectClose>;



// How often an abort is tried anew that came too early: before the memory moves there is no job to
// abort.
constexpr auto kAbortPause = 50ms;

// Owned by the thread and by whoever waits for it: either may be the last.
struct Job {
  Identity domain;
  MigrationPlan plan;
  std::string source_uri;

  std::mutex mutex;
  std::condition_variable changed;
  enum class Phase { connecting, moving, ended } phase = Phase::connecting;
  bool begun = false;  // libvirt was asked to move it
  bool cancelled = false;
  std::exception_ptr failure;
  bool may_pass = false;  // of the failure; read after the end alone

  /// False when it was cancelled meanwhile.
  bool enter_moving() {
    const std::lock_guard lock(mutex);
    if (cancelled) return false;
    phase = Phase::moving;
    begun = true;
    changed.notify_all();
    return true;
  }
  void end(std::exception_ptr thrown) {
    const std::lock_guard lock(mutex);
    failure = std::move(thrown);
    phase = Phase::ended;
    changed.notify_all();
  }
  bool ended() {
    const std::lock_guard lock(mutex);
    return phase == Phase::ended;
  }
};

Connection open(const std::string& uri) {
  Connection connection(virConnectOpen(uri.c_str()));
  if (!connection) throw connect_error(last_failure(), uri);
  return connection;
}

[[noreturn]] void fail(Job& job, const LibvirtFailure& failure, const std::string& doing) {
  job.may_pass = may_pass(failure);
  throw error_of(failure, doing);
}

void set_downtime_on(virDomainPtr domain, std::chrono::milliseconds downtime,
                     const std::string& doing) {
  if (downtime.count() <= 0) return;
  const auto most = static_cast<unsigned long long>(downtime.count());
  if (virDomainMigrateSetMaxDowntime(domain, most, 0) != 0) throw failed_call(doing, nullptr);
}

// The target's libvirtd is asked by us.
void migrate_managed(Job& job, virDomainPtr domain, const std::string& doing) {
  const Connection target = open(job.plan.destination_uri);
  const MigrationParameters parameters(job.plan);
  if (!job.enter_moving()) return;
  const DomainHandle moved(virDomainMigrate3(domain, target.get(), parameters.list(),
                                             parameters.count(), migration_flags(job.plan)));
  if (!moved) fail(job, last_failure(), doing);
}

// By the source's libvirtd, which goes on with it when this process ends: whoever began it aborts
// it in time.
void migrate_to_peer(Job& job, virDomainPtr domain, const std::string& doing) {
  const MigrationParameters parameters(job.plan);
  if (!job.enter_moving()) return;
  if (virDomainMigrateToURI3(domain, job.plan.destination_uri.c_str(), parameters.list(),
                             parameters.count(), migration_flags(job.plan)) != 0) {
    fail(job, last_failure(), doing);
  }
}

void migrate(Job& job) {
  const std::string doing = fmt::format("cannot migrate {} to {}", text::quote(job.domain.name),
                                        text::quote(job.plan.destination_uri));
  const Connection source = open(job.source_uri);
  const DomainHandle domain = require_domain(source.get(), job.domain, doing);
  set_downtime_on(domain.get(), job.plan.downtime, doing);
  if (job.plan.mode == MigrationMode::managed) return migrate_managed(job, domain.get(), doing);
  migrate_to_peer(job, domain.get(), doing);
}

void run_job(const std::shared_ptr<Job>& job) {
  std::exception_ptr thrown;
  try {
    migrate(*job);
  } catch (...) {
    thrown = std::current_exception();
  }
  job->end(std::move(thrown));
}

/// True when libvirt takes the order or the domain has gone; false when there is nothing to abort
/// yet.
bool abort_on(virConnectPtr connection, const Identity& wanted) {
  const DomainHandle domain = find_domain(connection, wanted);
  if (!domain || virDomainAbortJob(domain.get()) == 0) return true;
  if (last_failure().code == VIR_ERR_OPERATION_INVALID) return false;
  throw failed_call("cannot abort the migration of " + text::quote(wanted.name), connection);
}

class LibvirtMigration : public Migration {
 public:
  LibvirtMigration(std::shared_ptr<LibvirtConnection> source, std::shared_ptr<Job> job)
      : source_(std::move(source)), job_(std::move(job)) {}

  bool wait(Deadline deadline) override {
    std::unique_lock lock(job_->mutex);
    const auto ended = [this] { return job_->phase == Job::Phase::ended; };
    if (!job_->changed.wait_for(lock, deadline.remaining(), ended)) return false;
    if (job_->failure) std::rethrow_exception(job_->failure);
    return true;
  }

  bool may_pass() const override { return job_->ended() && job_->may_pass; }

  Progress progress(Deadline deadline) override {
    if (job_->ended()) return {};
    return source_->run(
        [domain = job_->domain](virConnectPtr raw) { return progress_on(raw, domain); }, deadline);
  }

  void set_downtime(std::chrono::milliseconds downtime, Deadline deadline) override {
    ask("change the downtime of the migration of", deadline, [downtime](virDomainPtr domain) {
      return virDomainMigrateSetMaxDowntime(
          domain, static_cast<unsigned long long>(downtime.count()), 0);
    });
  }

  void begin_postcopy(Deadline deadline) override {
    ask("switch to post-copy for", deadline,
        [](virDomainPtr domain) { return virDomainMigrateStartPostCopy(domain, 0); });
  }

  void suspend(Deadline deadline) override {
    ask("suspend", deadline, [](virDomainPtr domain) { return virDomainSuspend(domain); });
  }

  void abort(Deadline deadline) override {
    while (!job_->ended()) {
      if (take_abort(deadline)) return;
      if (deadline.expired()) {
        throw Error(Fault::timed_out, fmt::format("the migration of {} could not be aborted",
                                                  text::quote(job_->domain.name)));
      }
      deadline.pause(kAbortPause);
    }
  }

 private:
  template <class Call>
  void ask(const char* doing, Deadline deadline, Call call) {
    source_->run(
        [doing = fmt::format("cannot {} {}", doing, text::quote(job_->domain.name)),
         wanted = job_->domain, call](virConnectPtr raw) {
          const DomainHandle domain = require_domain(raw, wanted, doing);
          if (call(domain.get()) != 0) throw failed_call(doing, raw);
        },
        deadline);
  }

  // A connection whose earlier call has not come back refuses at once: it may be free in a moment.
  bool take_abort(Deadline deadline) {
    try {
      return source_->run(
          [domain = job_->domain](virConnectPtr raw) { return abort_on(raw, domain); }, deadline);
    } catch (const Error& error) {
      if (error.fault() == Fault::timed_out && !deadline.expired()) return false;
      throw;
    }
  }

  std::shared_ptr<LibvirtConnection> source_;
  std::shared_ptr<Job> job_;
};

}  // namespace

std::unique_ptr<Migration> begin_libvirt_migration(std::shared_ptr<LibvirtConnection> source,
                                                   const Identity& domain,
                                                   const MigrationPlan& plan, Deadline deadline) {
  auto job = std::make_shared<Job>();
  job->domain = domain;
  job->plan = plan;
  job->source_uri = source->uri();
  std::thread([job] { run_job(job); }).detach();
  std::unique_lock lock(job->mutex);
  const auto connected = [&] { return job->phase != Job::Phase::connecting; };
  if (!job->changed.wait_for(lock, deadline.remaining(), connected)) {
    job->cancelled = true;
    throw Error(Fault::timed_out, text::quote(plan.destination_uri) + " does not answer",
                "check the target's libvirtd and the network to it");
  }
  if (job->failure && !job->begun) std::rethrow_exception(job->failure);
  lock.unlock();
  return std::make_unique<LibvirtMigration>(std::move(source), std::move(job));
}

}  // namespace havc::domain
