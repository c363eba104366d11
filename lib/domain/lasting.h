// Since when monitors have seen a domain in a state that is harmless only for a while: a pause, a
// power-off. Kept in a file of the folder of notes, because each monitor is a process of its own.
#pragma once

#include <string>

#include "base/deadline.h"
#include "domain/state.h"

namespace havc::domain {

/// How long this has been so: zero when it is new, or when time does not matter to it (verdict.h).
/// Another state, reason or domain starts anew. When the file cannot be written, always zero, with
/// a warning: rather too much patience than a recovery.
Duration lasted(const std::string& folder, const std::string& instance,
                const Inspection& inspection, Instant now) noexcept;

/// A migration has left the domain paused here, because another node may run it: no monitor may let
/// it go on. Until forget_state(); with a warning when that cannot be kept.
void hold_state(const std::string& folder, const std::string& instance, const Identity& domain,
                Instant now) noexcept;
bool is_held(const std::string& folder, const std::string& instance, const Inspection& inspection,
             Instant now) noexcept;

/// The domain runs: the next pause is a new one. Costs two system calls when there was none.
void forget_state(const std::string& folder, const std::string& instance) noexcept;

}  // namespace havc::domain
