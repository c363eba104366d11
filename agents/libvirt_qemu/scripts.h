// The administrator's own programs: monitor_scripts, which check the service in the guest, and hooks, which may refuse an action.
// They get the environment of the action as it is, in which no secret is: parameters hold paths of files with secrets at most.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libvirt_qemu/options.h"
#include "ocf/agent.h"

namespace havc::libvirt_qemu {

/// Why a script is not content.
struct Objection {
  std::string reason;  ///< what it said, or why it could not be asked
  bool asked = true;   ///< false when its file system does not answer, which says nothing of the service in the guest
};

/// The first script that fails; when none does, the first that could not be asked; nothing when all are content.
std::optional<Objection> failing_script(const Options& options, const ocf::Call& call);

/// Returns once all scripts are content: a service needs time to come up in the guest. Throws
/// Error(timed_out) with the last failure.
void await_scripts(const Options& options, const ocf::Call& call);

/// Asks a hook, for at most half of what is left to the action: the other half is for what it consents to. Returns when it exits with 0;
/// throws Error(failed) with what it said when it does not, takes longer or cannot be run: a harder code would ban a node, for a migration the
/// one on which the guest runs well. `name` is that of the parameter, `arguments` come after the program. Nothing happens when `program` is empty.
void ask_hook(std::string_view name, const std::string& program, std::vector<std::string> arguments, Deadline deadline);

}  // namespace havc::libvirt_qemu
