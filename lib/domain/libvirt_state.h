// libvirt's numbers for states and reasons in our words. Pure; numbers that are not known map to
// no_state and other.
#pragma once

#include "domain/state.h"

namespace havc::domain {

State state_of(int libvirt_state);
Reason reason_of(int libvirt_state, int libvirt_reason);

}  // namespace havc::domain
