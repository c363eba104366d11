// What 'havc plan' shows and 'havc apply' does: everybody is asked, and a plan is made of it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "change/files.h"
#include "change/plan.h"
#include "havc/call.h"
#include "havc/reach.h"

namespace havc::cli {

struct Planned {
  change::Wish wish = {};
  change::Actual actual = {};
  change::Look look = {};  ///< empty with --cib
  change::Plan plan = {};
};

/// What the words (inventory/select.h) mean as a wish: none is all machines and the cluster itself;
/// some are those machines alone. Throws Error(misconfigured) for problems of the inventory and for
/// a word that means none.
change::Wish wish_of(Call& call, const std::vector<std::string>& words);

/// Asks the cluster and all nodes, then plans. With --cib the nodes are not asked. `simulating` is
/// how long Pacemaker's own tools may take. Throws what Reach::ask and change::make_plan throw.
Planned make_plan(Call& call, const Reach& reach, change::Wish wish,
                  Duration simulating = std::chrono::seconds(60));

}  // namespace havc::cli
