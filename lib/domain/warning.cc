#include "domain/warning.h"

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "domain/note.h"

namespace havc::domain {

static constexpr std::size_t kLargest = 64;

// The steady clock counts from boot, and the folder is emptied then: the numbers of two processes
// compare.
static std::int64_t seconds(Instant instant) {
  return std::chrono::duration_cast<std::chrono::seconds>(instant.time_since_epoch()).count();
}

static bool recent(const std::string& path, Instant now) {
  try {
    const auto last = text::number(text::trim(read_file(path, kLargest)));
    if (!last) return false;
    const std::int64_t age = seconds(now) - static_cast<std::int64_t>(*last);
    return age >= 0 && std::chrono::seconds(age) < kWarningInterval;
  } catch (const Error&) {
    return false;  // missing: there was no warning yet
  }
}

bool warning_is_due(const std::string& folder, const std::string& instance, Instant now) noexcept {
  constexpr mode_t kFolderMode = 0755;
  constexpr mode_t kMode = 0600;
  try {
    const std::string path = instance_file(folder, instance, "warned");
    if (recent(path, now)) return false;
    make_folder(folder, kFolderMode);
    write_file(path, std::to_string(seconds(now)) + "\n", kMode);
  } catch (const std::exception& error) {
    log::debug(error.what());
  }
  return true;
}

}  // namespace havc::domain
