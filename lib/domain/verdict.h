// What libvirt's state of a domain means for the health of the resource: a pure table, no calls.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "domain/state.h"
#include "options/value.h"

namespace havc::domain {

/// OCF check levels 0, 10 and 20. strict is as thorough, and takes a guest agent that has fallen silent for a failure.
enum class Depth { basic, thorough, strict };
/// Rounds down.
constexpr Depth depth_of(int check_level) {
  return check_level >= 20 ? Depth::strict : check_level >= 10 ? Depth::thorough : Depth::basic;
}
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
  /// The guest is there and does not execute: paused, suspended, powering off. Nothing in it can answer.
  bool stands_still = false;

  /// A guest is there that one can live with.
  bool alive() const { return verdict == Verdict::running || verdict == Verdict::degraded; }
};

/// How long a guest that has powered off may keep its QEMU. libvirt itself gives it 40 s to die (virProcessKillPainfullyDelay)
/// and 2 s more for each device that is handed through; what QEMU writes out to slow storage before comes on top.
inline constexpr std::chrono::seconds kLongestPowerOff{120};

/// True when it matters how long it has been so: a pause that may be forgotten, a migration or a power-off that may be stuck.
bool time_matters(const Inspection& inspection);

/// `lasted`: since a monitor saw it so for the first time.
Health judge(const Inspection& inspection, Depth depth, Occasion occasion,
             const HealthPolicy& policy, Duration lasted = Duration::zero());

/// True when the policy wants the guest to be resumed by us. Never for a probe, which only looks, and never for a pause that
/// is libvirt's own: a migration, a start, a power-off.
bool to_be_resumed(const Inspection& inspection, Occasion occasion, const HealthPolicy& policy,
                   Duration lasted);

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
