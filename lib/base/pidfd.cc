#include "base/pidfd.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/error.h"

namespace havc {

Descriptor open_process(pid_t pid) {
  const long number = syscall(SYS_pidfd_open, pid, 0);
  if (number < 0 && errno != ESRCH && errno != EINVAL) {
    throw Error(fault_of(errno), "cannot open process " + std::to_string(pid) + ": " + system_words(errno));
  }
  return Descriptor(static_cast<int>(number));
}

bool wait_for_end(const Descriptor& process, Deadline deadline) {
  while (true) {
    pollfd wanted{process.number(), POLLIN, 0};
    const int ready = poll(&wanted, 1, static_cast<int>(deadline.remaining_ms().count()));
    if (ready > 0) return true;
    if (deadline.expired()) return false;
  }
}

bool send_signal(const Descriptor& process, int signal) {
  if (syscall(SYS_pidfd_send_signal, process.number(), signal, nullptr, 0) == 0) return true;
  if (errno == ESRCH) return false;
  throw Error(fault_of(errno), "cannot signal a process: " + system_words(errno));
}

}  // namespace havc
