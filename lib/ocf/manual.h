// An agent's manual page, made from its rows.
#pragma once

#include <string>
#include <string_view>

#include "ocf/agent.h"

namespace havc::ocf {

/// In roff, for section 7, called ocf_PROVIDER_AGENT as the pages of resource agents are. `date` as in 2026-01-31; `more` are sections of the agent's own, in roff, for
/// the end.
std::string manual(const Agent& agent, std::string_view provider, std::string_view date, std::string_view more);

/// A command of crmsh that configures the agent, with the operations that it advertises. `words` are its parameters.
std::vector<std::string> crm_example(const Agent& agent, std::string_view provider, std::string_view words);

}  // namespace havc::ocf
