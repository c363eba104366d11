// The manual pages of the simulator and of the proxy, made from their options and scenarios.
#pragma once

#include <string>
#include <string_view>

namespace havc::chassis {

/// In roff, for section 1. `date` as in 2026-01-31.
std::string simulator_manual(std::string_view date);
std::string proxy_manual(std::string_view date);

}  // namespace havc::chassis
