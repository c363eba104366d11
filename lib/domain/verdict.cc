#include "domain/verdict.h"

#include "base/text.h"

namespace havc::domain {

namespace {

Health running() {
  return {Verdict::running};
}

Health trouble(Verdict verdict, const Inspection& inspection, std::string remedy) {
  return {verdict,
          "domain " + text::quote(inspection.identity.name) + " is " + describe(inspection),
          std::move(remedy)};
}

Health paused_by_io_error(const Inspection& inspection, const HealthPolicy& policy) {
  constexpr const char* kRemedy = "repair its storage, then: virsh resume";
  switch (policy.io_error) {
    case PausePolicy::ignore:
      return running();
    case PausePolicy::degraded:
    case PausePolicy::resume:
      return trouble(Verdict::degraded, inspection, kRemedy);
    case PausePolicy::fail:
      break;
  }
  return trouble(Verdict::failed, inspection, kRemedy);
}

Health paused(const Inspection& inspection, Depth depth, const HealthPolicy& policy) {
  switch (inspection.reason) {
    case Reason::migrating:
      return running();
    case Reason::io_error:
      return paused_by_io_error(inspection, policy);
    case Reason::guest_crashed:
    case Reason::watchdog:
      return trouble(Verdict::failed, inspection, {});
    case Reason::postcopy_failed:
      return trouble(Verdict::failed, inspection, "virsh migrate --postcopy-resume on the source");
    case Reason::user:
    case Reason::other:
    case Reason::failed:
      break;
  }
  // Backups, snapshots and administrators pause guests; recovering would reboot them.
  if (depth == Depth::basic) return running();
  return trouble(Verdict::degraded, inspection, "virsh resume, if nobody needs the pause");
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

}  // namespace

Health judge(const Inspection& inspection, Depth depth, Occasion occasion,
             const HealthPolicy& policy) {
  switch (inspection.state) {
    case State::running:
    case State::blocked:
      if (inspection.reason != Reason::postcopy_failed) return running();
      return trouble(Verdict::failed, inspection, "virsh migrate --postcopy-resume on the source");
    case State::paused:
      return paused(inspection, depth, policy);
    case State::shutdown:
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

}  // namespace havc::domain
