// One start, stop or migration of a resource at a time on this host. A killed action leaves no lock
// behind: it is a flock.
#pragma once

#include <string>

#include "base/deadline.h"
#include "base/file_lock.h"

namespace havc::domain {

class InstanceLock {
 public:
  /// Waits for the lock. Throws Error(timed_out) at the deadline, Error(misconfigured, failed,
  /// permission) when it cannot be had at all.
  InstanceLock(const std::string& folder, const std::string& instance, Deadline deadline);

 private:
  FileLock lock_;
};

}  // namespace havc::domain
