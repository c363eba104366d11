// Work in a process of its own, for calls that may never return and that not even a thread's end
// gets rid of: looks at file systems that may hang. What it has said by the deadline counts.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/deadline.h"
#include "base/descriptor.h"

namespace havc {

class Apart {
 public:
  /// Takes one line, without end.
  using Say = std::function<void(std::string_view)>;

  /// Forks, and runs `work` there, without any of the caller's descriptors, in a session of its
  /// own. Only before threads exist: `work` may do anything that one thread may. Throws
  /// Error(failed) when there can be no process.
  explicit Apart(const std::function<void(const Say&)>& work);
  /// Kills it. One that the kernel holds is left behind, and keeps nothing of the caller's open.
  ~Apart();
  Apart(const Apart&) = delete;
  Apart& operator=(const Apart&) = delete;
  Apart(Apart&&) = delete;
  Apart& operator=(Apart&&) = delete;

  struct Said {
    std::vector<std::string> lines = {};
    std::string problem = {};  ///< why that is not all: the time was over, or what `work` threw
  };
  /// Waits until it is done, no longer than the deadline; one that is not done is killed.
  Said wait(Deadline deadline);

 private:
  Descriptor said_;
  Descriptor process_;
  pid_t pid_ = -1;

  void end() noexcept;
};

}  // namespace havc
