// The host's network as /sys and /proc have it, which never hang. For this module alone.
#pragma once

#include <string>
#include <vector>

#include "node/answer.h"
#include "node/machine.h"

namespace havc::node {

/// `links` is /sys/class/net, `vlans` /proc/net/vlan. Not known where there is no such folder.
Answer<std::vector<Bridge>> look_at_bridges(const std::vector<std::string>& names,
                                            const std::string& links, const std::string& vlans);

}  // namespace havc::node
