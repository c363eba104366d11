// What validate-all looks at on this node (OCF_CHECK_LEVEL 10): files, programs and libvirt, as start, stop, monitor and migrate_to will need them.
// Not the text of parameters: that was checked before.
#pragma once

#include "domain/hypervisor.h"
#include "domain/places.h"
#include "libvirt_qemu/options.h"
#include "ocf/agent.h"

namespace havc::libvirt_qemu {

/// Throws the first thing that would keep the resource from working here, with the count of the others; each of those is an error in the log, and what
/// only may harm is a warning. Silent when there is nothing. A file system or a libvirt that hangs is a finding and takes a quarter of the time that is left.
void validate_node(const Options& options, const ocf::Call& call, const domain::Connect& connect, const domain::Places& places);

}  // namespace havc::libvirt_qemu
