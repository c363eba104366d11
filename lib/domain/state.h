// libvirt's view of a domain in our own words, and what it means for monitor. Pure: a table, no calls.
#pragma once

#include <optional>
#include <string>
#include <vector>

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
  panicked,         ///< crashed: the guest said so (pvpanic), and on_crash keeps it for a look
  watchdog,
  user,             ///< paused by an administrator, or restored from a snapshot as it was: paused
  saving,           ///< paused for a save, a dump or a snapshot
  shutting_down,    ///< paused: the guest has powered off, and libvirt ends its QEMU
  failed,           ///< shut off: QEMU could not start or died
  switch_over_failed,  ///< running: goes on here after the last moment of a migration, in which it stood still
};

/// A disk on which QEMU has met an error since the guest went on last.
struct DiskError {
  std::string target;     ///< what the guest calls it: "vda"
  bool no_space = false;  ///< ENOSPC; else any other error
};

struct Inspection {
  Identity identity;
  State state = State::no_state;
  Reason reason = Reason::other;
  bool persistent = false;  ///< has a definition that outlives it
  bool managed_save = false;  ///< shut off, with an image of its memory that libvirt would start it from
  std::vector<DiskError> disk_errors = {};  ///< only after QEMU was asked for them
};

/// True for a state in which a QEMU process holds the guest: all but shut off. Crashed counts: on_crash=preserve keeps it.
bool active(State state);

/// "paused (I/O error)" for messages; with the disks where they are known: "paused (no space left for vda)".
std::string describe(const Inspection& inspection);

/// "I/O error on vda, vdb", "no space left for vda"; empty without any.
std::string describe(const std::vector<DiskError>& errors);

}  // namespace havc::domain
