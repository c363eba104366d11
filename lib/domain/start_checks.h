// What start looks at beside libvirt: troubles that libvirt does not see, or sees and does not
// explain.
#pragma once

#include <optional>

#include "base/deadline.h"
#include "base/error.h"
#include "domain/definition.h"
#include "domain/places.h"
#include "domain/start.h"

namespace havc::domain {

/// Throws Error(unusable_here) for an emulated TPM without persistent_state in a transient domain:
/// libvirt deletes its secrets, such as keys of encrypted disks, when the guest ends
/// (qemuExtTPMCleanupHost; formatdomain, "persistent_state").
void refuse_to_lose_tpm(const Definition& definition, DefinitionKind kind);

/// Logs a warning when the UEFI variables of the domain that runs lie on a file system of this host
/// alone: on another one the guest starts with others. Goes by libvirt's run state; silent when
/// that, or the file system, cannot be seen at once.
void warn_of_local_nvram(const Identity& domain, const Places& places, Deadline deadline);

/// True when a port was free as libvirt chose it, and taken as QEMU wanted it: two guests start at
/// once. Pure.
bool lost_a_port(const Error& error);

/// The file that libvirt makes for what the guest writes to a transient disk, when a QEMU that was
/// killed left it behind: no start succeeds while it is there. Nothing otherwise.
std::optional<Error> overlay_in_the_way(const Definition& definition, Deadline deadline);

}  // namespace havc::domain
