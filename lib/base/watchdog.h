// The last resort: if the program is still there at the deadline, whatever it is stuck in, a timer signal prints
// one prepared line and ends it. A process in uninterruptible sleep cannot be helped by this or anything else.
#pragma once

#include <string>

#include "base/deadline.h"

namespace havc {

/// At `deadline` writes `last_words` (a whole line) to stderr and ends the process with `exit_code`. One per process;
/// it stays armed until the object goes. Uses SIGALRM and no thread.
class Watchdog {
 public:
  Watchdog(Deadline deadline, std::string last_words, int exit_code);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
};

}  // namespace havc
