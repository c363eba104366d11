// What libvirt's state of a domain means for the health of the resource: a pure table, no calls.
#pragma once

#include <chrono>
#include <string>

#include "domain/state.h"
#include "options/value.h"

namespace havc::domain {

enum class Depth { basic, thorough };  ///< OCF check level 0; 10 and above
/// A recurring monitor expects the domain to run; a probe asks whether it does.
enum class Occasion { probe, recurring };

enum class Verdict { running, degraded, failed, not_running };

/// What a pause means to the administrator; in the order of its words.
enum class PausePolicy { degraded, fail, resume, ignore };
/// Whether a guest agent that does not answer counts; automatic: once it was seen connected.
enum class AgentCheck { automatic, off, required };

/// Defaults as documented for the parameters of the same names.
struct HealthPolicy {
  PausePolicy io_error = PausePolicy::degraded;  ///< io_error_action: an I/O error, or no space
  PausePolicy paused = PausePolicy::degraded;    ///< paused_action: for another reason
  std::chrono::seconds paused_grace{300};        ///< how long such a pause is nobody's business
  AgentCheck agent = AgentCheck::automatic;      ///< guest_agent_check
};

struct Health {
  Verdict verdict = Verdict::failed;
  std::string reason = {};  ///< one line, the cause first; empty when running
  std::string remedy = {};  ///< an instruction, or empty
};

Health judge(const Inspection& inspection, Depth depth, Occasion occasion,
             const HealthPolicy& policy);

}  // namespace havc::domain

namespace havc::options {

template <>
struct Text<domain::PausePolicy> : SelectText<domain::PausePolicy, 4> {
  static constexpr Words kWords{"degraded", "fail", "resume", "ignore"};
  static constexpr std::string_view kExpected = "a policy for a pause";
  static std::optional<domain::PausePolicy> parse(std::string_view text) { return find(kWords, text); }
};

template <>
struct Text<domain::AgentCheck> : SelectText<domain::AgentCheck, 3> {
  static constexpr Words kWords{"auto", "off", "required"};
  static constexpr std::string_view kExpected = "a way to check the guest agent";
  static std::optional<domain::AgentCheck> parse(std::string_view text) { return find(kWords, text); }
};

}  // namespace havc::options
