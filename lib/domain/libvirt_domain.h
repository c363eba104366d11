// Finding a domain on a libvirt connection. For the files of the adapter; calls may block, so they
// run in the connection's worker.
#pragma once

#include <memory>
#include <string>

#include "domain/identity.h"
#include "domain/libvirt_error.h"
#include "domain/libvirt_types.h"

namespace havc::domain {

struct FreeDomain {
  void operator()(_virDomain* domain) const;
};
using DomainHandle = std::unique_ptr<_virDomain, FreeDomain>;

/// By UUID when one is known, else or if that finds nothing by name; empty when there is no such
/// domain. Throws the failure of the look itself.
DomainHandle find_domain(_virConnect* connection, const Identity& domain);

/// For calls that make no sense without it: throws Error(failed) when there is no such domain.
DomainHandle require_domain(_virConnect* connection, const Identity& domain,
                            const std::string& doing);

/// Of a call on a domain that failed: true when it did so because the domain has gone or is off by
/// now.
bool has_ended(_virDomain* domain, const LibvirtFailure& failure);

/// `call` on a domain, for which it is no failure that the domain has gone; `doing` is a verb for
/// the error.
template <class Call>
void ask_domain(_virConnect* connection, const Identity& wanted, const char* doing, Call call) {
  const DomainHandle domain = find_domain(connection, wanted);
  if (!domain || call(domain.get()) == 0) return;
  const LibvirtFailure failure = last_failure();
  if (has_ended(domain.get(), failure)) return;
  throw failed_call(failure, std::string("cannot ") + doing + " '" + wanted.name + "'", connection);
}

}  // namespace havc::domain
