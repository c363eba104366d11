// Ends verified QEMU processes by ourselves: for when libvirt cannot, or when it does not know
// them.
#pragma once

#include "base/deadline.h"
#include "domain/qemu_process.h"

namespace havc::domain {

/// SIGTERM lets QEMU write out its caches and close its images; `at_once` leaves that out, after
/// somebody else tried it.
enum class Manner { term_first, at_once };

/// Returns when all have ended. Throws Error(failed) naming one that is left at the deadline, with
/// the state that keeps it.
void end_processes(const Sighting& seen, Manner manner, const std::string& proc, Deadline deadline);

/// True when all have ended, false at the deadline.
bool wait_for_all(const Sighting& seen, Deadline deadline);

}  // namespace havc::domain
