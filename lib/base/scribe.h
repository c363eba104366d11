// Appends to a file from a process of its own: a file system that hangs holds that process, never the caller, whose end is not delayed
// even where a thread in uninterruptible sleep would delay it. Text that was handed over is written also when the caller is killed.
#pragma once

#include <string>
#include <string_view>

#include "base/descriptor.h"

namespace havc {

class Scribe {
 public:
  /// What a pipe holds (pipe(7)): the most that is handed over while nothing is written.
  static constexpr std::size_t kCapacity = 65536;

  /// `path` is absolute. Forks the process, in a session of its own, without any of the caller's descriptors. It makes the folders above `path` (0755) and
  /// the file (0640), when they are missing, and ends once this object is gone and all is written, or when the kernel has held it for a minute. What
  /// goes wrong there shows in the file alone, by its absence. Throws Error(failed) when there can be no process.
  explicit Scribe(const std::string& path);

  /// Hands the text over. False when there is no room for all of it: then none of it, or only a part, is written. Never waits.
  bool write(std::string_view text) noexcept;

 private:
  Descriptor pipe_;
};

}  // namespace havc
