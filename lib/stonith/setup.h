// From options to a device, and how much time an action has: what both faces do alike.
#pragma once

#include <memory>
#include <string>

#include "base/deadline.h"
#include "base/watchdog.h"
#include "power/device.h"
#include "stonith/parameters.h"

namespace havc::stonith {

/// What an action is to the one who waits for it.
enum class Span { question, list, change };

/// The time of an action: the whole deadline when it changes power, at most 15 s of it for a question,
/// at most 45 s for a list, which a fencing begins with.
Duration time_of(const Options& options, Span span);

/// Ends the process half a second behind the deadline of `what` ("fence_ibmbc: off"), with exit code
/// 1 and a reason.
std::unique_ptr<Watchdog> guard(const std::string& what, Deadline deadline);

/// Runs the programs that print passwords. Throws Error(unusable_here, not_installed, timed_out,
/// misconfigured) when one does not; what it printed is in no message.
power::Setup setup_of(const Options& options, Face face, Deadline deadline);

}  // namespace havc::stonith
