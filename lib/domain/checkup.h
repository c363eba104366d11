// What a thorough monitor (OCF check levels 10 and 20) looks for in a domain whose state is good:
// whether QEMU answers, block errors, the agent in the guest, and disks that have moved away from
// the definition. It finds nothing to blame in a guest without an agent. Every question is bounded,
// and none of them becomes "not running".
#pragma once

#include <sys/types.h>

#include "base/deadline.h"
#include "domain/link.h"
#include "domain/places.h"
#include "domain/subject.h"
#include "domain/verdict.h"

namespace havc::domain {

/// `qemu` is the domain's process, 0 when it is not known. Returns the gravest finding, or running.
Health check_up(const Subject& subject, const Inspection& found, pid_t qemu, Depth depth,
                const HealthPolicy& policy, Link& link, const Places& places, Deadline deadline);

}  // namespace havc::domain
