// An agent's manual page, made from its rows.
#pragma once

#include <string>
#include <string_view>

#include "ocf/agent.h"

namespace havc::ocf {

/// In roff, for section 7, called ocf_PROVIDER_AGENT as the pages of resource agents are. It has no date: the same sources make the same page.
std::string manual(const Agent& agent, std::string_view provider);

}  // namespace havc::ocf
