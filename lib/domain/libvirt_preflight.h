// What libvirt can tell before a domain moves or starts: the domain as it is, and what a host lacks
// of its needs; and starting networks and pools. For the files of the adapter; calls may block, so
// they run in the connection's worker.
#pragma once

#include <string>

#include "domain/identity.h"
#include "domain/libvirt_types.h"
#include "domain/needs.h"

namespace havc::domain {

// As Hypervisor has them.
std::string job_on(_virConnect* connection, const Identity& domain);
Lacks lacks_on(_virConnect* connection, const Needs& needs);
bool activate_on(_virConnect* connection, const Resource& resource);
bool starts_by_itself_on(_virConnect* connection, const Identity& domain);

}  // namespace havc::domain
