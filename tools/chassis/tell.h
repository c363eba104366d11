// The other side of a control socket, for shells and hooks.
#pragma once

#include <string>
#include <vector>

namespace havc::chassis {

/// Says `lines` to the simulator or proxy that listens at `path`, and returns what it answered to
/// all of them. Throws Error(misconfigured, unreachable, timed_out).
std::string tell(const std::string& path, const std::vector<std::string>& lines);

/// Whether each line was answered with ok.
bool all_ok(const std::string& answers, std::size_t lines);

}  // namespace havc::chassis
