// What else on this host may start, save or judge a domain behind the cluster's back: read from
// configuration files and libvirt, only to warn of it.
#pragma once

#include <string>
#include <vector>

#include "base/deadline.h"
#include "domain/hypervisor.h"
#include "domain/places.h"
#include "domain/subject.h"

namespace havc::domain {

/// One sentence each, which says what to do: libvirt-guests that starts or saves guests, a domain
/// that libvirtd starts by itself, a `config` in libvirt's own folder. What cannot be read is left
/// out: nothing is proven then. At most 5 s of the deadline for each of files and libvirt.
std::vector<std::string> conflicts(const Subject& subject, const Places& places, Hypervisor& host,
                                   Deadline deadline);

/// The same into the log, as warnings; and which lock manager libvirt has.
void warn_of_conflicts(const Subject& subject, const Places& places, Hypervisor& host,
                       Deadline deadline);

/// The lock manager that libvirt's QEMU driver is configured to use, as "lockd" or "sanlock";
/// empty: none. Blocks with the file system of `etc` (/etc). Throws Error when it cannot be read.
std::string lock_manager(const std::string& etc);

/// libvirt's QEMU driver is configured to take certain local folders for shared. Blocks likewise.
bool declares_shared_folders(const std::string& etc);

/// What `etc` says of libvirt-guests: sentences as of conflicts(). Blocks likewise.
std::vector<std::string> guests_service_conflicts(const std::string& etc);

}  // namespace havc::domain
