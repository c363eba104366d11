// What an administrator should know of a chassis that works, before a host has to be fenced.
// Questions alone.
#pragma once

#include <string>
#include <vector>

#include "power/bay.h"
#include "power/chassis.h"
#include "snmp/client.h"

namespace havc::power {

struct Advice {
  std::vector<std::string> problems;  ///< no host can be fenced: we may only read
  std::vector<std::string> remarks;   ///< no second module; blades that go on by themselves
};

/// Takes at most 5 s; never throws: what cannot be read is not told. `bays`: of this chassis.
Advice advice(const snmp::Contact& module, const Chassis& chassis, const std::vector<Bay>& bays,
              Deadline deadline);

}  // namespace havc::power
