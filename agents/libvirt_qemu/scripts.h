// The administrator's own programs: monitor_scripts, which check the service in the guest, and hooks.
#pragma once

#include <optional>
#include <string>

#include "libvirt_qemu/options.h"
#include "ocf/agent.h"

namespace havc::libvirt_qemu {

/// The first script that fails, with what it said; nothing when all are content.
std::optional<std::string> failing_script(const Options& options, const ocf::Call& call);

/// Returns once all scripts are content: a service needs time to come up in the guest. Throws
/// Error(timed_out) with the last failure.
void await_scripts(const Options& options, const ocf::Call& call);

}  // namespace havc::libvirt_qemu
