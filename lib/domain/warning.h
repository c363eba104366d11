// Warnings that would repeat with every monitor: once in a while is enough.
#pragma once

#include <string>

#include "base/deadline.h"

namespace havc::domain {

inline constexpr Duration kWarningInterval = std::chrono::minutes(10);

/// True when the last time this was true for `instance` lies kWarningInterval back or is not known.
/// Kept in a file of the folder of notes; when that cannot be written, always true: rather too many
/// warnings than none.
bool warning_is_due(const std::string& folder, const std::string& instance, Instant now) noexcept;

}  // namespace havc::domain
