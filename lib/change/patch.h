// What turns one configuration into another, as Pacemaker itself writes it.
#pragma once

#include <string>

#include "base/deadline.h"

namespace havc::change {

/// Made by crm_diff on this machine, with the version of `before` as its guard. Throws
/// Error(not_installed) without it, Error(timed_out), Error(failed) when it has no patch for two
/// texts.
std::string patch_of(const std::string& before, const std::string& after, Deadline deadline);

}  // namespace havc::change
