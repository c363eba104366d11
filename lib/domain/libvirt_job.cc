#include "domain/libvirt_job.h"

#include "domain/libvirt_domain.h"

#include <libvirt/libvirt.h>

namespace havc::domain {

namespace {

/// The typed parameters of virDomainGetJobStats; owned.
class JobStats {
 public:
  JobStats(virDomainPtr domain, unsigned int flags) {
    if (virDomainGetJobStats(domain, &type_, &list_, &count_, flags) != 0)
      type_ = VIR_DOMAIN_JOB_NONE;
  }
  JobStats(const JobStats&) = delete;
  JobStats& operator=(const JobStats&) = delete;
  ~JobStats() { virTypedParamsFree(list_, count_); }

  int type() const { return type_; }
  std::optional<std::uint64_t> known(const char* name) const {
    unsigned long long value = 0;
    if (virTypedParamsGetULLong(list_, count_, name, &value) != 1) return {};
    return value;
  }
  std::uint64_t value(const char* name) const { return known(name).value_or(0); }
  int number(const char* name) const {
    int value = 0;
    virTypedParamsGetInt(list_, count_, name, &value);
    return value;
  }

 private:
  int type_ = VIR_DOMAIN_JOB_NONE;
  virTypedParameterPtr list_ = nullptr;
  int count_ = 0;
};

bool in_postcopy(virDomainPtr domain) {
  int state = VIR_DOMAIN_NOSTATE;
  int reason = 0;
  if (virDomainGetState(domain, &state, &reason, 0) != 0) return false;
  return state == VIR_DOMAIN_PAUSED &&
         (reason == VIR_DOMAIN_PAUSED_POSTCOPY || reason == VIR_DOMAIN_PAUSED_POSTCOPY_FAILED);
}

}  // namespace

Migration::Progress progress_on(virConnectPtr connection, const Identity& wanted) {
  const DomainHandle domain = find_domain(connection, wanted);
  Migration::Progress progress;
  if (!domain) return progress;
  const JobStats stats(domain.get(), 0);
  progress.postcopy = in_postcopy(domain.get());
  if (stats.type() == VIR_DOMAIN_JOB_NONE) return progress;
  progress.bytes_total = stats.value(VIR_DOMAIN_JOB_DATA_TOTAL);
  progress.bytes_remaining = stats.value(VIR_DOMAIN_JOB_DATA_REMAINING);
  progress.bytes_sent = stats.value(VIR_DOMAIN_JOB_DATA_PROCESSED);
  progress.iteration = stats.value(VIR_DOMAIN_JOB_MEMORY_ITERATION);
  // Pages a second.
  progress.dirty_rate =
      stats.value(VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE) * stats.value(VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE);
  progress.bandwidth = stats.value(VIR_DOMAIN_JOB_MEMORY_BPS);
  progress.throttle = stats.number(VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE);
  return progress;
}

std::optional<Transfer> transfer_on(virConnectPtr connection, const Identity& wanted) {
  const DomainHandle domain = find_domain(connection, wanted);
  if (!domain) return {};
  const JobStats stats(domain.get(), 0);
  const bool under_way =
      stats.type() == VIR_DOMAIN_JOB_BOUNDED || stats.type() == VIR_DOMAIN_JOB_UNBOUNDED;
  const auto total = stats.value(VIR_DOMAIN_JOB_DATA_TOTAL);
  if (!under_way || total == 0) return {};
  if (stats.number(VIR_DOMAIN_JOB_OPERATION) != VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT) return {};
  return Transfer{total, stats.value(VIR_DOMAIN_JOB_DATA_PROCESSED),
                  stats.value(VIR_DOMAIN_JOB_DATA_REMAINING)};
}

std::optional<MigrationTimes> times_on(virConnectPtr connection, const Identity& wanted) {
  const DomainHandle domain = find_domain(connection, wanted);
  if (!domain) return {};
  const JobStats stats(domain.get(),
                       VIR_DOMAIN_JOB_STATS_COMPLETED | VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED);
  if (stats.type() != VIR_DOMAIN_JOB_COMPLETED) return {};
  if (stats.number(VIR_DOMAIN_JOB_OPERATION) != VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN) return {};
  MigrationTimes times{std::chrono::milliseconds(stats.value(VIR_DOMAIN_JOB_TIME_ELAPSED))};
  if (const auto downtime = stats.known(VIR_DOMAIN_JOB_DOWNTIME)) {
    times.downtime = std::chrono::milliseconds(*downtime);
  }
  return times;
}

}  // namespace havc::domain
