#include "domain/warning.h"

#include "base/log.h"
#include "base/stamp.h"
#include "domain/note.h"

namespace havc::domain {

bool warning_is_due(const std::string& folder, const std::string& instance, Instant now) noexcept {
  try {
    const std::string path = instance_file(folder, instance, "warned");
    if (recent_stamp(path, now, kWarningInterval)) return false;
    write_stamp(path, now, "");
  } catch (const std::exception& error) {
    log::debug(error.what());
  }
  return true;
}

}  // namespace havc::domain
