// How large a domain is, as its XML says. Not what it uses at the moment.
#pragma once

#include <cstdint>

#include "xml/document.h"

namespace havc::domain {

struct Size {
  int vcpus = 0;                 ///< virtual CPUs that it has now; 0: not known
  std::uint64_t memory_kib = 0;  ///< the most memory that it may use; 0: not known
};

/// Of a <domain> that libvirt wrote: its unit is KiB.
Size size_of(const xml::Element& domain);

}  // namespace havc::domain
