// ssh's words for why it did not reach a node, and what to do about each. For this module alone.
#pragma once

#include <string_view>

#include "base/error.h"
#include "remote/run.h"

namespace havc::remote {

/// Error(unreachable): nothing was started there.
Error not_reached(const Host& host, std::string_view ssh_said);

/// "node 'n1' (192.168.2.11)"
std::string named(const Host& host);

}  // namespace havc::remote
