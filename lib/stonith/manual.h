// The manual page of a plugin of cluster-glue, made from its tables; and what the page of the fence
// agent shares with it.
#pragma once

#include <string>
#include <string_view>

#include "power/chassis.h"
#include "stonith/parameters.h"

namespace havc::stonith {

/// One parameter as an item of the page; `name` is how it is called there.
std::string manual_item(const Parameter& row, std::string_view name);

/// What both pages have: credentials, what the module has to be set to, environment, and where
/// power that was switched is told.
std::string manual_of_both();

/// In roff, for section 8. `date` as in 2026-01-31.
std::string manual(const power::Chassis& chassis, std::string_view date);

}  // namespace havc::stonith
