// Is the agent in the guest as alive as it was? One look can meet a guest that boots, so the
// monitors of a domain remember what they saw. The decision is a pure function; not for asking the
// agent (hypervisor.h).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "base/deadline.h"
#include "domain/hypervisor.h"
#include "domain/verdict.h"

namespace havc::domain {

/// So long a guest may take to boot until its agent answers: for one that is required, from the
/// start of QEMU; at level 20 for one that went, because a guest that reboots takes its agent
/// along. Agents were seen to need 100 s.
inline constexpr std::chrono::seconds kAgentBoot{300};
/// Failures in a row before one counts: a guest under load misses one.
inline constexpr unsigned int kAgentFailures = 2;

/// What was seen now.
struct AgentSign {
  bool channel = false;                       ///< the domain has a channel for an agent
  bool connected = false;                     ///< and the guest's side of it is open
  AgentAnswer answer = AgentAnswer::unclear;  ///< only one that is connected was asked
  std::optional<std::chrono::seconds> age{};  ///< of QEMU, when it is known
};

/// What earlier monitors saw of the agent under this QEMU.
struct AgentMemory {
  bool connected = false;          ///< at least once
  unsigned int failures = 0;       ///< in a row, until now
  std::chrono::seconds failing{};  ///< since the first of them
  bool operator==(const AgentMemory&) const = default;
};

/// The verdict on the agent, and `memory` as it is from now on. `name` of the domain is for the
/// reason.
Health judge_agent(AgentCheck check, Depth depth, const AgentSign& sign, const std::string& name,
                   AgentMemory& memory);

/// Kept in a file of the folder of notes, for one QEMU of one domain: what was seen of another is
/// forgotten. Never throws; what cannot be read or kept is as if it had not been seen.
AgentMemory recall_agent(const std::string& folder, const std::string& instance,
                         const std::string& qemu, Instant now) noexcept;
void remember_agent(const std::string& folder, const std::string& instance, const std::string& qemu,
                    const AgentMemory& memory, Instant now) noexcept;

}  // namespace havc::domain
