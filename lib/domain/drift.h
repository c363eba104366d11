// A domain whose disks have moved on while it runs: by a snapshot or a block copy its writes go to
// another image than the one that the definition names, and a start from the definition would go
// back in time, or onto a base that has changed. Pure.
#pragma once

#include <optional>
#include <string>

#include "domain/devices.h"

namespace havc::domain {

struct Drift {
  std::string target;  ///< "vda"
  std::string live;    ///< where its writes go now
};

/// The first such disk. Disks that only one of the two has, and media that are changed at will
/// (CD-ROM, floppy), are none.
std::optional<Drift> drift(const Devices& live, const Devices& definition);

}  // namespace havc::domain
