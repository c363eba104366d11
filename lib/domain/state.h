// libvirt's view of a domain in our own words, and what it means for monitor. Pure: a table, no calls.
#pragma once

#include <optional>
#include <string>

#include "domain/identity.h"

namespace havc::domain {

/// virDomainState, in its order (libvirt-domain.h).
enum class State { no_state, running, blocked, paused, shutdown, shutoff, crashed, pmsuspended };
inline constexpr int kStateCount = 8;

/// The reasons that change a decision; all others are `other`. libvirt numbers them per state (virDomain*Reason).
enum class Reason {
  other,
  io_error,         ///< paused: VIR_DOMAIN_PAUSED_IOERROR, also ENOSPC
  migrating,        ///< paused or running: a migration, post-copy included, or starting up
  postcopy_failed,  ///< the memory is split over two hosts
  guest_crashed,    ///< paused or shut off: the guest or QEMU crashed
  watchdog,
  user,             ///< paused by an administrator, a save, a dump or a snapshot
  failed,           ///< shut off: QEMU could not start or died
};

struct Inspection {
  Identity identity;
  State state = State::no_state;
  Reason reason = Reason::other;
  bool persistent = false;  ///< has a definition that outlives it
};

/// True for a state in which a QEMU process holds the guest: all but shut off. Crashed counts: on_crash=preserve keeps it.
bool active(State state);

/// "paused (I/O error)" for messages.
std::string describe(const Inspection& inspection);

}  // namespace havc::domain
