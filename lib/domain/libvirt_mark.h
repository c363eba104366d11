// Our metadata (mark.h) in a domain that libvirt runs. For the files of the adapter; calls may
// block, so they run in the connection's worker.
#pragma once

#include <string>

#include "domain/identity.h"
#include "domain/libvirt_types.h"
#include "domain/mark.h"

namespace havc::domain {

/// Its `config`; empty without our metadata, and for a domain that has just gone.
std::string config_of(_virDomain* domain);

/// What Hypervisor::mark promises.
void mark_on(_virConnect* connection, const Identity& wanted, const Mark& mark);

}  // namespace havc::domain
