// What libvirt counts of a migration: while it is under way, and afterwards on the target. Calls
// may block, so they run in the connection's worker.
#pragma once

#include <optional>

#include "domain/identity.h"
#include "domain/libvirt_types.h"
#include "domain/migration.h"

namespace havc::domain {

/// Zeros when there is no such job. Throws nothing for a job that ends meanwhile.
Migration::Progress progress_on(_virConnect* connection, const Identity& wanted);

/// Of a migration away from this host; nothing when there is none, or it ends meanwhile.
std::optional<Transfer> transfer_on(_virConnect* connection, const Identity& wanted);

/// Of the last migration to this host; nothing when libvirt has not counted one.
std::optional<MigrationTimes> times_on(_virConnect* connection, const Identity& wanted);

}  // namespace havc::domain
