#include "domain/libvirt_state.h"

#include <libvirt/libvirt.h>

namespace havc::domain {

static_assert(VIR_DOMAIN_PMSUSPENDED + 1 == kStateCount);
static_assert(static_cast<int>(State::shutoff) == VIR_DOMAIN_SHUTOFF);

State state_of(int libvirt_state) {
  if (libvirt_state < 0 || libvirt_state >= kStateCount) return State::no_state;
  return static_cast<State>(libvirt_state);
}

namespace {

Reason reason_of_running(int reason) {
  switch (reason) {
    case VIR_DOMAIN_RUNNING_POSTCOPY:
      return Reason::migrating;
    case VIR_DOMAIN_RUNNING_POSTCOPY_FAILED:
      return Reason::postcopy_failed;
    case VIR_DOMAIN_RUNNING_MIGRATION_CANCELED:
      return Reason::switch_over_failed;
    default:
      return Reason::other;
  }
}

Reason reason_of_paused(int reason) {
  switch (reason) {
    case VIR_DOMAIN_PAUSED_USER:
    case VIR_DOMAIN_PAUSED_FROM_SNAPSHOT:
      return Reason::user;
    case VIR_DOMAIN_PAUSED_SAVE:
    case VIR_DOMAIN_PAUSED_DUMP:
    case VIR_DOMAIN_PAUSED_SNAPSHOT:
      return Reason::saving;
    case VIR_DOMAIN_PAUSED_SHUTTING_DOWN:
      return Reason::shutting_down;
    case VIR_DOMAIN_PAUSED_MIGRATION:
    case VIR_DOMAIN_PAUSED_POSTCOPY:
    case VIR_DOMAIN_PAUSED_STARTING_UP:
      return Reason::migrating;
    case VIR_DOMAIN_PAUSED_IOERROR:
      return Reason::io_error;
    case VIR_DOMAIN_PAUSED_WATCHDOG:
      return Reason::watchdog;
    case VIR_DOMAIN_PAUSED_CRASHED:
      return Reason::guest_crashed;
    case VIR_DOMAIN_PAUSED_POSTCOPY_FAILED:
      return Reason::postcopy_failed;
    default:
      return Reason::other;
  }
}

Reason reason_of_shutoff(int reason) {
  switch (reason) {
    case VIR_DOMAIN_SHUTOFF_CRASHED:
      return Reason::guest_crashed;
    case VIR_DOMAIN_SHUTOFF_FAILED:
      return Reason::failed;
    default:
      return Reason::other;
  }
}

}  // namespace

Reason reason_of(int libvirt_state, int libvirt_reason) {
  switch (libvirt_state) {
    case VIR_DOMAIN_RUNNING:
      return reason_of_running(libvirt_reason);
    case VIR_DOMAIN_PAUSED:
      return reason_of_paused(libvirt_reason);
    case VIR_DOMAIN_SHUTOFF:
      return reason_of_shutoff(libvirt_reason);
    case VIR_DOMAIN_CRASHED:
      return libvirt_reason == VIR_DOMAIN_CRASHED_PANICKED ? Reason::panicked : Reason::other;
    default:
      return Reason::other;
  }
}

}  // namespace havc::domain
