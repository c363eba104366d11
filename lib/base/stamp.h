// A file that says when something happened last, for the next process: "SECONDS TEXT" of the steady clock, which counts from
// boot. Its folder must be emptied at boot, as those under /run are; then the numbers of two processes compare.
#pragma once

#include <optional>
#include <string>

#include "base/deadline.h"

namespace havc {

/// The text of the stamp, when it was written less than `interval` before `now`. Nothing for one that is missing, older, damaged or of the future.
std::optional<std::string> recent_stamp(const std::string& path, Instant now, Duration interval);

/// How long ago, in whole seconds, and the text.
struct Stamp {
  std::chrono::seconds age{};
  std::string text;
};

/// Nothing for one that is missing, damaged or of the future.
std::optional<Stamp> read_stamp(const std::string& path, Instant now);

/// Replaces the stamp, and makes its folder when that is missing; one line of `text`, mode 0600. Throws as write_file does.
void write_stamp(const std::string& path, Instant now, const std::string& text);

}  // namespace havc
