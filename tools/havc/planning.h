// What 'havc plan' shows and 'havc apply' does: everybody is asked, once, and a plan is made of it.
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

/// What is to be planned.
struct Planning {
  change::Wish wish = {};
  std::string folder = {};  ///< whose templates are used; empty: the call's
  bool restarts = false;    ///< its machines are stopped and started, whatever changes
  Deadline looking;         ///< for the cluster's answer and the nodes'
  Duration simulating = std::chrono::seconds(60);  ///< for Pacemaker's own tools
};

struct Planned {
  change::Wish wish = {};
  change::Actual actual = {};
  change::Look look = {};  ///< empty with --cib
  change::Plan plan = {};
  /// What runs where Pacemaker does not know of it, in words; in the plan as notes or problems,
  /// too.
  std::vector<std::string> doubles = {};
  /// Of these, the ones that shall run and that the plan does not touch, with what to do.
  std::vector<Error> untouched = {};
};

/// What the words (inventory/select.h) mean as a wish: none is all machines and the cluster itself;
/// some are those machines alone. Throws Error(misconfigured) for problems of the inventory and for
/// a word that means none.
change::Wish wish_of(Call& call, const std::vector<std::string>& words);

/// Asks the cluster and all nodes, then plans. With --cib the nodes are not asked. What would start
/// a second time is among the plan's problems. Throws what Reach::ask and change::make_plan throw.
Planned make_plan(Call& call, const Reach& reach, Planning planning);

}  // namespace havc::cli
