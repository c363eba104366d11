#include "domain/libvirt_hypervisor.h"

#include "domain/libvirt_domain.h"
#include "domain/libvirt_error.h"
#include "domain/libvirt_state.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <array>
#include <cstdlib>
#include <optional>

namespace havc::domain {

namespace {

std::string uuid_of(virDomainPtr domain) {
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  return virDomainGetUUIDString(domain, uuid.data()) == 0 ? uuid.data() : "";
}

/// Nothing when it has gone meanwhile. A transient domain has no autostart.
std::optional<Resident> resident_of(virConnectPtr connection, virDomainPtr domain) {
  constexpr std::uint64_t kKibibyte = 1024;
  Resident resident;
  resident.seen.identity = {virDomainGetName(domain), uuid_of(domain)};
  int state = 0;
  int reason = 0;
  virDomainInfo info{};
  const int persistent = virDomainIsPersistent(domain);
  const bool told = persistent >= 0 && virDomainGetState(domain, &state, &reason, 0) == 0 &&
                    virDomainGetInfo(domain, &info) == 0;
  if (!told) {
    const LibvirtFailure failure = last_failure();
    if (means_no_domain(failure)) return {};
    throw failed_call(failure, "cannot look at '" + resident.seen.identity.name + "'", connection);
  }
  resident.seen.state = state_of(state);
  resident.seen.reason = reason_of(state, reason);
  resident.seen.persistent = persistent == 1;
  resident.cpus = info.nrVirtCpu;
  resident.memory = info.memory * kKibibyte;
  if (!resident.seen.persistent) return resident;
  int autostart = 0;
  if (virDomainGetAutostart(domain, &autostart) != 0) {
    const LibvirtFailure failure = last_failure();
    // Undefined meanwhile: without one.
    if (!means_no_domain(failure) && failure.code != VIR_ERR_OPERATION_INVALID) {
      throw failed_call(failure, "cannot see the autostart of '" + resident.seen.identity.name + "'",
                        connection);
    }
  }
  resident.autostart = autostart == 1;
  if (!active(resident.seen.state)) {
    resident.seen.managed_save = virDomainHasManagedSaveImage(domain, 0) == 1;
  }
  return resident;
}

Census census_on(virConnectPtr connection) {
  Census census;
  if (virConnectGetLibVersion(connection, &census.libvirt) != 0) {
    throw failed_call("cannot ask libvirt for its version", connection);
  }
  if (virConnectGetVersion(connection, &census.hypervisor) != 0) census.hypervisor = 0;
  virDomainPtr* domains = nullptr;
  const int count = virConnectListAllDomains(connection, &domains, 0);
  if (count < 0) throw failed_call("cannot list the domains", connection);
  std::vector<DomainHandle> owned(domains, domains + count);
  std::free(domains);
  for (const DomainHandle& domain : owned) {
    if (auto resident = resident_of(connection, domain.get())) {
      census.domains.push_back(std::move(*resident));
    }
  }
  return census;
}

}  // namespace

Census LibvirtHypervisor::census(Deadline deadline) {
  return connection_->run(census_on, deadline);
}

}  // namespace havc::domain
