// What the kernel says of its machine, at once. For this module alone.
#pragma once

#include <string>

#include "node/report.h"

namespace havc::node {

/// CPUs, memory, hugepages, KVM and clock. `proc` is /proc, `kvm_device` /dev/kvm.
void look_at_machine(const std::string& proc, const std::string& kvm_device, Report& report);

std::string kernel_release();

}  // namespace havc::node
