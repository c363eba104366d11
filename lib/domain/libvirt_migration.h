// A live migration that havc's process manages: libvirt's call lasts as long as the migration does,
// so it runs on a thread and on connections of its own, while the first connection watches and
// aborts it.
#pragma once

#include <memory>

#include "domain/hypervisor.h"
#include "domain/libvirt_connection.h"

namespace havc::domain {

/// Returns once both sides are connected and libvirt's call is under way. Throws what is wrong with
/// the target or the domain, or Error(timed_out) when the deadline comes first; then nothing has
/// been started, and nothing will be.
std::unique_ptr<Migration> begin_libvirt_migration(std::shared_ptr<LibvirtConnection> source,
                                                   const Identity& domain,
                                                   const MigrationPlan& plan, Deadline deadline);

}  // namespace havc::domain
