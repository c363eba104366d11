#include "domain/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "domain/note.h"

namespace havc::domain {

InstanceLock::InstanceLock(const std::string& folder, const std::string& instance,
                           Deadline deadline) {
  constexpr mode_t kFolderMode = 0755;
  constexpr mode_t kFileMode = 0600;
  constexpr auto kAgain = std::chrono::milliseconds(100);  // flock has no time limit of its own
  const std::string path = instance_file(folder, instance, "lock");
  make_folder(folder, kFolderMode);
  file_ = Descriptor(
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kFileMode));
  if (!file_)
    throw Error(fault_of(errno), "cannot open " + text::quote(path) + ": " + system_words(errno));
  while (flock(file_.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      throw Error(fault_of(errno), "cannot lock " + text::quote(path) + ": " + system_words(errno));
    }
    if (deadline.expired()) {
      throw Error(Fault::timed_out,
                  "another action of " + text::quote(instance) + " still runs on this node",
                  "look for it in the process list");
    }
    deadline.pause(kAgain);
  }
}

}  // namespace havc::domain
