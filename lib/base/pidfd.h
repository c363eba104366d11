// Processes by descriptor: unlike a number, a pidfd never comes to mean another process.
#pragma once

#include <sys/types.h>

#include "base/deadline.h"
#include "base/descriptor.h"

namespace havc {

/// pidfd_open(2). An empty Descriptor when no such process exists; throws Error(failed) otherwise.
Descriptor open_process(pid_t pid);

/// True when the process has ended (also as a zombie that nobody collects), false at the deadline.
bool wait_for_end(const Descriptor& process, Deadline deadline);

/// pidfd_send_signal(2). False when the process has gone already; throws Error(permission, failed) otherwise.
bool send_signal(const Descriptor& process, int signal);

}  // namespace havc
