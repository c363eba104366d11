// The manual page of a plugin of cluster-glue, made from its tables; and what the page of the fence
// agent shares with it.
#pragma once

#include <string>

#include "power/chassis.h"
#include "stonith/parameters.h"

namespace havc::stonith {

/// One parameter as an item of the page; `name` is how it is called there.
std::string manual_item(const Parameter& row, std::string_view name);

/// What both pages end with: the credentials of snmp.conf, and where failures are told.
std::string manual_of_credentials();

/// In roff, for section 8.
std::string manual(const power::Chassis& chassis);

}  // namespace havc::stonith
