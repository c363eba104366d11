// The last resort: if the program is still there at the deadline, whatever it is stuck in, one prepared line is
// printed and the process ends. Sleep that not even a kill ends cannot be helped.
#pragma once

#include <memory>
#include <string>

#include "base/deadline.h"

namespace havc {

class Watchdog {
 public:
  enum class By {
    /// Costs nothing; for programs that touch files that may hang on threads of their own only.
    alarm,
    /// A file system that hangs (NFS, FUSE) lets no signal's handler run, but gives way when the process is ended.
    thread,
  };

  /// At `deadline` writes `last_words` (a whole line) to stderr and ends the process with `exit_code`. It stays armed
  /// until the object goes. One per process: an alarm (SIGALRM) there is only one of, and a thread that cannot be made
  /// is replaced by it.
  Watchdog(Deadline deadline, std::string last_words, int exit_code, By by);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  class Guard;
  static std::unique_ptr<Guard> guard(Duration time);

  std::unique_ptr<Guard> guard_;
};

}  // namespace havc
