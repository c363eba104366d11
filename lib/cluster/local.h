// One word for a virtual machine that is local: on its one node, without Pacemaker. Only libvirt
// knows it. Pure, as state.h.
#pragma once

#include <optional>
#include <string>

#include "cluster/state.h"

namespace havc::cluster {

/// Of what libvirt said; nothing when that is not enough: its node was not asked, or did not
/// answer.
std::optional<State> state_of_local(const std::string& home, const Known& known);

}  // namespace havc::cluster
