// How a virtual machine came from one node to another, by what the nodes remember of it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "cluster/configuration.h"

namespace havc::change {

enum class Way {
  unknown,    ///< neither can be shown
  live,       ///< its migration ended well, and nothing started it
  restarted,  ///< it was started, and nothing migrated it there
};

/// Of what was done between the two: operations that `before` does not have. A migration is one of
/// `id` that came from `from` and ended well on `to`.
Way way_of(const cluster::Configuration& before, const cluster::Configuration& after,
           const std::string& id, const std::string& from, const std::string& to);

/// "live", "stopped and started"; empty when it is not known.
std::string_view words_of(Way way);

}  // namespace havc::change
