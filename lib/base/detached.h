// A program that outlives its caller: nobody waits for it, and nothing of the caller's reaches it but its input.
// For work whose result and duration must not matter.
#pragma once

#include <string>
#include <vector>

namespace havc {

/// Starts the program `arguments[0]` (a path) in a session of its own, which a SIGKILL to the caller's process group does not reach. `input` is
/// its standard input, whole from the start; output goes nowhere, and no other descriptor is passed on, so that neither locks nor
/// pipes of the caller stay open. Throws Error(not_installed) when it cannot be started, Error(failed).
void start_detached(const std::vector<std::string>& arguments, const std::string& input);

}  // namespace havc
