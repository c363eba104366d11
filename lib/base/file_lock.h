// One action at a time: an exclusive flock on a small file. The lock goes with the process, however that ends.
#pragma once

#include <string>

#include "base/deadline.h"
#include "base/descriptor.h"

namespace havc {

class FileLock {
 public:
  /// Waits until the lock is free. Throws Error(timed_out) at the deadline, and Error(failed, permission, …) when the file
  /// cannot be made (a full file system).
  FileLock(const std::string& path, Deadline deadline);

 private:
  Descriptor file_;
};

}  // namespace havc
