// The main() of a fencing program, which serves both contracts: as what it was started decides.
#pragma once

#include "fence/input.h"
#include "power/chassis.h"
#include "power/device.h"

namespace havc::fence {

/// A fence agent when the program was called as fence_…, else a plugin of cluster-glue. Settles the
/// process, and does not return.
[[noreturn]] void main_of(const power::Chassis& chassis, const power::OpenClient& open,
                          const CommandLine& command_line, int count, char** words);

}  // namespace havc::fence
