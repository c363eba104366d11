#include "base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/error.h"
#include "base/text.h"

namespace havc {

static constexpr mode_t kMode = 0600;

FileLock::FileLock(const std::string& path, Deadline deadline)
    : file_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode)) {
  if (!file_) throw Error(fault_of(errno), "cannot lock " + text::quote(path) + ": " + system_words(errno));
  // flock has no timeout, and a signal would be the only way out of a waiting one.
  constexpr auto kPause = std::chrono::milliseconds(50);
  while (flock(file_.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      throw Error(fault_of(errno), "cannot lock " + text::quote(path) + ": " + system_words(errno));
    }
    if (deadline.expired()) {
      throw Error(Fault::timed_out, "another action of this resource is still running (" + text::quote(path) + ")",
                  "find its process and end it");
    }
    deadline.pause(kPause);
  }
}

}  // namespace havc
