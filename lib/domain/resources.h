// Starts the networks and storage pools that a definition names, before a domain starts or arrives.
#pragma once

#include <string>

#include "base/deadline.h"
#include "domain/devices.h"
#include "domain/hypervisor.h"

namespace havc::domain {

/// Those that are not active; others are left as they are. `where` is for the log. Throws the first
/// refusal in libvirt's words, and Error(timed_out) that names what does not start.
void start_resources(const Devices& devices, Hypervisor& host, const std::string& where,
                     Deadline deadline);

}  // namespace havc::domain
