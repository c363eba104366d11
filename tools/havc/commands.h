// All sub-commands. A new one: a file in commands/ with its row, a line here and one in
// commands.cc.
#pragma once

#include <span>

#include "havc/command.h"

namespace havc::cli {

extern const Command kCheck;

/// In the order of --help within their groups.
std::span<const Command* const> commands();

}  // namespace havc::cli
