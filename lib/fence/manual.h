// The manual page of a fence agent, made from its tables.
#pragma once

#include <string>
#include <string_view>

#include "power/chassis.h"

namespace havc::fence {

/// In roff, for section 8. `date` as in 2026-01-31.
std::string manual(const power::Chassis& chassis, std::string_view date);

}  // namespace havc::fence
