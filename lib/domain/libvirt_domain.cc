#include "domain/libvirt_domain.h"

#include "base/text.h"

#include <libvirt/libvirt.h>

namespace havc::domain {

void FreeDomain::operator()(virDomainPtr domain) const {
  virDomainFree(domain);
}

DomainHandle find_domain(virConnectPtr connection, const Identity& domain) {
  DomainHandle found;
  if (!domain.uuid.empty()) {
    found.reset(virDomainLookupByUUIDString(connection, domain.uuid.c_str()));
    if (found) return found;
    if (!means_no_domain(last_failure())) {
      throw failed_call("cannot look for " + text::quote(domain.uuid), connection);
    }
  }
  found.reset(virDomainLookupByName(connection, domain.name.c_str()));
  if (!found && !means_no_domain(last_failure())) {
    throw failed_call("cannot look for " + text::quote(domain.name), connection);
  }
  return found;
}

DomainHandle require_domain(virConnectPtr connection, const Identity& domain,
                            const std::string& doing) {
  DomainHandle found = find_domain(connection, domain);
  if (!found) throw Error(Fault::failed, doing + ": there is no such domain");
  return found;
}

bool has_ended(virDomainPtr domain, const LibvirtFailure& failure) {
  if (means_no_domain(failure)) return true;
  int state = VIR_DOMAIN_NOSTATE;
  if (virDomainGetState(domain, &state, nullptr, 0) != 0) return means_no_domain(last_failure());
  return state == VIR_DOMAIN_SHUTOFF;
}

}  // namespace havc::domain
