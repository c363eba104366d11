// What a thorough monitor asks libvirt for: QEMU's own answer, the live XML, the agent in the
// guest.
#include "base/text.h"
#include "domain/libvirt_domain.h"
#include "domain/libvirt_error.h"
#include "domain/libvirt_hypervisor.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

namespace havc::domain {

namespace {

struct JobStats {
  int type = VIR_DOMAIN_JOB_NONE;
  virTypedParameterPtr parameters = nullptr;
  int count = 0;
  JobStats() = default;
  JobStats(const JobStats&) = delete;
  JobStats& operator=(const JobStats&) = delete;
  ~JobStats() { virTypedParamsFree(parameters, count); }
};

std::string doing(const char* what, const Identity& domain) {
  return std::string("cannot ") + what + " " + text::quote(domain.name);
}

std::vector<DiskError> disk_errors_of(virConnectPtr connection, virDomainPtr domain,
                                      const Identity& wanted) {
  constexpr unsigned int kMost = 256;  // REMOTE_DOMAIN_DISK_ERRORS_MAX
  // QEMU is asked also for a guest without disks, because there is room for an answer.
  std::vector<virDomainDiskError> errors(kMost);
  const int count = virDomainGetDiskErrors(domain, errors.data(), kMost, 0);
  if (count < 0) {
    const LibvirtFailure failure = last_failure();
    if (failure.code == VIR_ERR_NO_SUPPORT) return {};
    throw failed_call(failure, doing("ask the QEMU of", wanted), connection);
  }
  std::vector<DiskError> found;
  for (int i = 0; i < count; ++i) {
    const LibvirtText disk(errors[static_cast<std::size_t>(i)].disk);
    const int error = errors[static_cast<std::size_t>(i)].error;
    if (disk && error != VIR_DOMAIN_DISK_ERROR_NONE)
      found.push_back({disk.get(), error == VIR_DOMAIN_DISK_ERROR_NO_SPACE});
  }
  return found;
}

// A backup takes hours and leaves the guest alone.
bool busy(virConnectPtr connection, virDomainPtr domain, const Identity& wanted) {
  JobStats job;
  if (virDomainGetJobStats(domain, &job.type, &job.parameters, &job.count, 0) != 0) {
    const LibvirtFailure failure = last_failure();
    if (failure.code == VIR_ERR_NO_SUPPORT) return false;
    if (failure.code == VIR_ERR_OPERATION_INVALID) return true;  // it is arriving
    throw failed_call(failure, doing("look at the job of", wanted), connection);
  }
  int operation = VIR_DOMAIN_JOB_OPERATION_UNKNOWN;
  virTypedParamsGetInt(job.parameters, job.count, VIR_DOMAIN_JOB_OPERATION, &operation);
  return job.type != VIR_DOMAIN_JOB_NONE && operation != VIR_DOMAIN_JOB_OPERATION_BACKUP;
}

AgentAnswer answer_of_agent(virDomainPtr domain) {
  long long seconds = 0;
  unsigned int nanoseconds = 0;
  // The one call that only reads, does not taint the domain and is refused by nothing but a frozen
  // file system.
  if (virDomainGetTime(domain, &seconds, &nanoseconds, 0) == 0) return AgentAnswer::answered;
  const LibvirtFailure failure = last_failure();
  const bool silent =
      failure.code == VIR_ERR_AGENT_UNRESPONSIVE || failure.code == VIR_ERR_AGENT_UNSYNCED;
  return silent ? AgentAnswer::silent : AgentAnswer::unclear;
}

}  // namespace

Hypervisor::Insight LibvirtHypervisor::ask_qemu(const Identity& domain, Deadline deadline) {
  return connection_->run(
      [domain](virConnectPtr raw) {
        const DomainHandle found = require_domain(raw, domain, doing("ask the QEMU of", domain));
        Insight insight;
        insight.disk_errors = disk_errors_of(raw, found.get(), domain);
        insight.busy = busy(raw, found.get(), domain);
        return insight;
      },
      deadline);
}

std::string LibvirtHypervisor::live_xml(const Identity& domain, Deadline deadline) {
  return connection_->run(
      [domain](virConnectPtr raw) {
        const std::string what = doing("read the XML of", domain);
        const DomainHandle found = require_domain(raw, domain, what);
        const LibvirtText xml(virDomainGetXMLDesc(found.get(), 0));
        if (!xml) throw failed_call(what, raw);
        return std::string(xml.get());
      },
      deadline);
}

AgentAnswer LibvirtHypervisor::ask_agent(const Identity& domain, Deadline deadline) {
  return connection_->run(
      [domain](virConnectPtr raw) {
        const DomainHandle found = require_domain(raw, domain, doing("ask the agent of", domain));
        return answer_of_agent(found.get());
      },
      deadline);
}

}  // namespace havc::domain
