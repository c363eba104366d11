// What the CIB's history of operations says that crm_mon does not: where a virtual machine is
// going. For this module alone.
#pragma once

#include <vector>

#include "cluster/configuration.h"
#include "xml/document.h"

namespace havc::cluster {

struct History {
  /// Begun, did not fail, and the source was neither stopped nor used again since.
  std::vector<Migration> migrations = {};
  /// Ended well on the source, and the target's history is older than that.
  std::vector<Migration> stranded = {};
};

/// Of `vms`. Times of different nodes are compared: a target whose clock is late looks as if
/// nothing were heard of it.
History history_of(const xml::Element& status, const std::vector<Primitive>& vms);

}  // namespace havc::cluster
