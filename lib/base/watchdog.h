// The last resort: if the program is still there at the deadline, whatever it is stuck in, one prepared line is
// printed and the process ends. From a thread, because a file system that hangs (NFS, FUSE) lets no signal's
// handler run, but gives way when the process is ended. Sleep that not even a kill ends cannot be helped.
#pragma once

#include <memory>
#include <string>

#include "base/deadline.h"

namespace havc {

/// At `deadline` writes `last_words` (a whole line) to stderr and ends the process with `exit_code`. It stays armed
/// until the object goes. Where there can be no thread, SIGALRM does it as far as a signal can; so one per process.
class Watchdog {
 public:
  Watchdog(Deadline deadline, std::string last_words, int exit_code);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  class Guard;
  std::unique_ptr<Guard> guard_;
};

}  // namespace havc
