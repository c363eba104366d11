#include "domain/libvirt_migration.h"

#include "base/handle.h"
#include "base/text.h"
#include "domain/libvirt_domain.h"
#include "domain/libvirt_error.h"

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
  if (!connection) throw failed_call("cannot connect to " + text::quote(uri), nullptr);
  return connection;
}

class Parameters {
 public:
  Parameters() = default;
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;
  ~Parameters() { virTypedParamsFree(list_, count_); }

  void add(const char* name, const std::string& value) {
    if (virTypedParamsAddString(&list_, &count_, &capacity_, name, value.c_str()) != 0) {
      throw failed_call("cannot prepare the migration", nullptr);
    }
  }
  virTypedParameterPtr list() const { return list_; }
  unsigned int count() const { return static_cast<unsigned int>(count_); }

 private:
  virTypedParameterPtr list_ = nullptr;
  int count_ = 0;
  int capacity_ = 0;
};

void migrate(Job& job) {
  const std::string doing = fmt::format("cannot migrate {} to {}", text::quote(job.domain.name),
                                        text::quote(job.plan.destination_uri));
  const Connection source = open(job.source_uri);
  const Connection target = open(job.plan.destination_uri);
  const DomainHandle domain = require_domain(source.get(), job.domain, doing);
  Parameters parameters;
  if (!job.plan.migrate_uri.empty()) parameters.add(VIR_MIGRATE_PARAM_URI, job.plan.migrate_uri);
  if (!job.enter_moving()) return;
  const DomainHandle moved(virDomainMigrate3(domain.get(), target.get(), parameters.list(),
                                             parameters.count(), VIR_MIGRATE_LIVE));
  if (!moved) {
    const LibvirtFailure failure = last_failure();
    throw error_of(failure, doing);
  }
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

/// The bytes of virDomainGetJobStats; zeros when there is no such job.
Migration::Progress progress_on(virConnectPtr connection, const Identity& wanted) {
  const DomainHandle domain = find_domain(connection, wanted);
  int type = VIR_DOMAIN_JOB_NONE;
  virTypedParameterPtr list = nullptr;
  int count = 0;
  if (!domain || virDomainGetJobStats(domain.get(), &type, &list, &count, 0) != 0) return {};
  unsigned long long total = 0;
  unsigned long long remaining = 0;
  virTypedParamsGetULLong(list, count, VIR_DOMAIN_JOB_DATA_TOTAL, &total);
  virTypedParamsGetULLong(list, count, VIR_DOMAIN_JOB_DATA_REMAINING, &remaining);
  virTypedParamsFree(list, count);
  if (type == VIR_DOMAIN_JOB_NONE) return {};
  return {total, remaining};
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

  Progress progress(Deadline deadline) override {
    if (job_->ended()) return {};
    return source_->run(
        [domain = job_->domain](virConnectPtr raw) { return progress_on(raw, domain); }, deadline);
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
