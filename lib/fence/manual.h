// The manual page of a fence agent, made from its tables.
#pragma once

#include <string>

#include "power/chassis.h"

namespace havc::fence {

/// In roff, for section 8.
std::string manual(const power::Chassis& chassis);

}  // namespace havc::fence
