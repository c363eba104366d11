// All domains of a host at one look. Part of the port: values alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/state.h"

namespace havc::domain {

struct Resident {
  Inspection seen = {};
  unsigned cpus = 0;         ///< of an active one those it has now
  std::uint64_t memory = 0;  ///< bytes; of an active one what its balloon leaves it now
  bool autostart = false;    ///< libvirtd starts it by itself when it starts
};

struct Census {
  unsigned long libvirt = 0;     ///< version of the host's, as 9000000 for 9.0.0
  unsigned long hypervisor = 0;  ///< QEMU's likewise; 0: libvirt does not tell
  std::vector<Resident> domains = {};  ///< active or defined, in libvirt's order
};

}  // namespace havc::domain
