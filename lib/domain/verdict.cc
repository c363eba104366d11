#include "domain/verdict.h"

#include "base/text.h"

namespace havc::domain {

namespace {

Health running() {
  return {Verdict::running};
}

Health trouble(Verdict verdict, const Inspection& inspection, std::string remedy,
               const std::string& more = {}) {
  return {verdict,
          "domain " + text::quote(inspection.identity.name) + " is " + describe(inspection) + more,
          std::move(remedy)};
}

/// A pause for which the administrator chose a policy. One that is to be resumed is shown until it
/// runs.
Health by_policy(PausePolicy policy, const Inspection& inspection, const std::string& remedy,
                 const std::string& more = {}) {
  switch (policy) {
    case PausePolicy::ignore:
      return running();
    case PausePolicy::degraded:
    case PausePolicy::resume:
      return trouble(Verdict::degraded, inspection, remedy, more);
    case PausePolicy::fail:
      break;
  }
  return trouble(Verdict::failed, inspection, remedy, more);
}

/// Backups, snapshots and administrators pause guests; recovering at once would reboot them.
bool may_be_forgotten(const Inspection& inspection) {
  switch (inspection.reason) {
    case Reason::user:
    case Reason::saving:
    case Reason::other:
    case Reason::failed:
    case Reason::panicked:
    case Reason::switch_over_failed:
      return inspection.state == State::paused;
    default:
      return false;
  }
}

bool powers_off(const Inspection& inspection) {
  return inspection.state == State::shutdown ||
         (inspection.state == State::paused && inspection.reason == Reason::shutting_down);
}

std::string for_over(std::chrono::seconds time) {
  return time.count() == 0 ? "" : " for over " + std::to_string(time.count()) + " s";
}

Health paused_for_a_while(const Inspection& inspection, Depth depth, const HealthPolicy& policy,
                          Duration lasted) {
  constexpr const char* kRemedy = "virsh resume, if nobody needs the pause";
  if (policy.paused == PausePolicy::ignore) return running();
  if (lasted >= policy.paused_grace)
    return by_policy(policy.paused, inspection, kRemedy, for_over(policy.paused_grace));
  return depth == Depth::basic ? running() : trouble(Verdict::degraded, inspection, kRemedy);
}

/// A migration that broke may leave a guest so. Never failed: recovery would start it while another
/// node may run it.
Health stranded(const Inspection& inspection, const HealthPolicy& policy, Duration lasted) {
  if (lasted < policy.paused_grace || policy.paused == PausePolicy::ignore) return running();
  return trouble(Verdict::degraded, inspection, "resume it only if it runs on no other node",
                 for_over(policy.paused_grace) + ", without one");
}

Health powering_off(const Inspection& inspection, Duration lasted) {
  if (lasted < kLongestPowerOff) return running();
  return trouble(Verdict::failed, inspection, "stop the resource, which ends it",
                 for_over(kLongestPowerOff) + ": its QEMU does not end");
}

Health paused(const Inspection& inspection, Depth depth, const HealthPolicy& policy,
              Duration lasted) {
  switch (inspection.reason) {
    case Reason::migrating:
      return stranded(inspection, policy, lasted);
    case Reason::io_error:
      return by_policy(policy.io_error, inspection, "repair its storage, then: virsh resume");
    case Reason::guest_crashed:
    case Reason::watchdog:
      return trouble(Verdict::failed, inspection, {});
    case Reason::postcopy_failed:
      return trouble(Verdict::failed, inspection, "virsh migrate --postcopy-resume on the source");
    case Reason::shutting_down:
      return powering_off(inspection, lasted);
    case Reason::user:
    case Reason::saving:
    case Reason::other:
    case Reason::failed:
    case Reason::panicked:
    case Reason::switch_over_failed:
      break;
  }
  return paused_for_a_while(inspection, depth, policy, lasted);
}

Health shut_off(const Inspection& inspection, Occasion occasion) {
  const bool died =
      inspection.reason == Reason::guest_crashed || inspection.reason == Reason::failed;
  // Both verdicts lead to recovery; this one keeps the cause visible.
  if (died && occasion == Occasion::recurring) {
    return trouble(Verdict::failed, inspection, "see its log below /var/log/libvirt/qemu");
  }
  return trouble(Verdict::not_running, inspection, {});
}

Health by_state(const Inspection& inspection, Depth depth, Occasion occasion,
                const HealthPolicy& policy, Duration lasted) {
  switch (inspection.state) {
    case State::running:
    case State::blocked:
      if (inspection.reason != Reason::postcopy_failed) return running();
      return trouble(Verdict::failed, inspection, "virsh migrate --postcopy-resume on the source");
    case State::paused:
      return paused(inspection, depth, policy, lasted);
    case State::shutdown:
      return powering_off(inspection, lasted);
    case State::pmsuspended:
      return running();
    case State::crashed:
      return trouble(Verdict::failed, inspection, {});
    case State::shutoff:
      return shut_off(inspection, occasion);
    case State::no_state:
      break;
  }
  return trouble(Verdict::failed, inspection, "look with: virsh domstate");
}

}  // namespace

bool time_matters(const Inspection& inspection) {
  const bool migrates = inspection.state == State::paused && inspection.reason == Reason::migrating;
  return may_be_forgotten(inspection) || powers_off(inspection) || migrates;
}

Health judge(const Inspection& inspection, Depth depth, Occasion occasion,
             const HealthPolicy& policy, Duration lasted) {
  Health health = by_state(inspection, depth, occasion, policy, lasted);
  const bool executes = inspection.state == State::running || inspection.state == State::blocked;
  health.stands_still = active(inspection.state) && !executes;
  return health;
}

bool to_be_resumed(const Inspection& inspection, Occasion occasion, const HealthPolicy& policy,
                   Duration lasted) {
  if (inspection.state != State::paused || occasion == Occasion::probe) return false;
  if (inspection.reason == Reason::io_error) return policy.io_error == PausePolicy::resume;
  return may_be_forgotten(inspection) && policy.paused == PausePolicy::resume &&
         lasted >= policy.paused_grace;
}

}  // namespace havc::domain
