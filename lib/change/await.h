// Waiting until virtual machines are as they are wanted: as long as the operations' own timeouts
// allow, and no longer than it can help.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "change/pacemaker.h"
#include "cluster/state.h"
#include "inventory/inventory.h"

namespace havc::change {

struct Goal {
  std::string id = {};
  /// stopped and disabled: it is active nowhere.
  inventory::Wanted wanted = inventory::Wanted::started;
};

struct Waited {
  enum class End {
    reached,
    failed,       ///< it will not be reached without an administrator; `reason` says why
    late,         ///< the bound passed; nobody knows whether it will be
    interrupted,  ///< nobody waits any more
  };
  std::string id = {};
  End end = End::late;
  cluster::State state = {};  ///< as it was seen last
  std::string reason = {};    ///< empty when it was reached
};

/// What is told while it goes on: of the one that is the latest.
struct Progress {
  std::size_t reached = 0;
  std::size_t total = 0;
  std::string id = {};         ///< of the one waited for longest; empty at the end
  std::string operation = {};  ///< "start", "stop", "migrate_to"
  std::string place = {};      ///< of a migration, "n1 to n2, 43 %" as far as it is known
  std::chrono::seconds since{0};
  std::chrono::seconds most{0};
};
using Tell = std::function<void(const Progress&)>;

/// Sleeps; true when the administrator wants it to end (interrupt::pause).
using Pause = std::function<bool(Duration, Deadline)>;

/// Waits for all. The bound of each is the timeout of the operation it needs next, and starts again
/// whenever any of them gets further, because Pacemaker does not start all at once; in all no
/// longer than all operations one after the other. Ends early for those that will not get there:
/// blocked, not managed, on two nodes; or failed, or without a node, once the cluster has
/// been at rest for 15 s; by "dampen" longer where constraints ask for what ping has to tell first.
/// A cluster that does not answer is waited for within the same bounds.
std::vector<Waited> await(Pacemaker& pacemaker, const std::vector<Goal>& goals, const Tell& tell,
                          const Pause& pause, Deadline deadline);

/// "n1 to n2, 43 %" of one that migrates, as far as it is known; else empty.
std::string passage_of(Pacemaker& pacemaker, const std::string& id, const cluster::State& state,
                       Deadline deadline);

/// It is where `wanted` means it to be, and nothing goes on.
bool reached(inventory::Wanted wanted, cluster::Word word);

/// Nothing is being done or to be done by Pacemaker: no operation, no fencing, no node that joins.
bool at_rest(const cluster::Status& status);

}  // namespace havc::change
