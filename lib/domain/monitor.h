// Is the domain healthy? The common answer costs no libvirt: see run_state.h. Whatever is in doubt
// there is asked of libvirt, for a bounded time, and of /proc. Doubt never becomes "not running".
#pragma once

#include "base/deadline.h"
#include "domain/hypervisor.h"
#include "domain/places.h"
#include "domain/run_state.h"
#include "domain/subject.h"
#include "domain/verdict.h"

namespace havc::domain {

/// `seen` is the run state of the domain, if it was read just now. Throws only what none of its
/// evidence could absorb; a libvirt that does not answer is no reason.
Health monitor(const Subject& subject, const std::optional<RunHead>& seen, Depth depth,
               Occasion occasion, const HealthPolicy& policy, const Connect& connect,
               const Places& places, Deadline deadline);

}  // namespace havc::domain
