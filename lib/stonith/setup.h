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

/// The time of an action: the whole deadline when it changes power, at most 15 s of it for a
/// question, at most 45 s for a list, which a fencing begins with.
Duration time_of(const Options& options, Span span);

/// Runs the programs that print passwords. Throws Error(unusable_here, not_installed, timed_out,
/// misconfigured) when one does not; what it printed is in no message.
power::Setup setup_of(const Options& options, Face face, Deadline deadline);

/// A device whose passwords are told and whose files are read, and what ends the process, with exit
/// code 1 and a reason, if it is still there half a second behind the deadline.
struct Ready {
  std::unique_ptr<Watchdog> watchdog;  ///< none without a name for it
  std::unique_ptr<power::Device> device;
};

/// `guarded` names the action in the watchdog's last words ("fence_ibmbc: off"); without it there is
/// no watchdog. What a list needs of this node is given the time of a question: where a file system
/// hangs, another node may fence. Throws what setup_of and power::Device::open throw.
Ready make_ready(const power::Chassis& chassis, const power::OpenClient& open,
                 const Options& options, Face face, Span span, const std::string& guarded,
                 Deadline deadline);

}  // namespace havc::stonith
