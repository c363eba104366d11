// Moving a virtual machine once: Pacemaker gets a reason to, which goes again when it has moved,
// and by itself if nobody is left to take it away.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "change/await.h"
#include "change/pacemaker.h"
#include "change/way.h"

namespace havc::change {

struct MovePlan {
  std::string base = {};  ///< the CIB it was made of
  std::string id = {};
  std::string from = {};
  std::string to = {};
  bool live = false;
  std::chrono::seconds most{0};  ///< its operations' timeouts together
  /// What Pacemaker would do with others because of it: "DB-01_dmz moves n1 -> n3 (live)".
  std::vector<std::string> others = {};
  /// What it would do with it as soon as the reason is gone: "moves n3 -> n1 (live)"; empty: it
  /// stays.
  std::string afterwards = {};
};

/// As crm_simulate says. `to` may be empty: wherever Pacemaker likes but where it is. Throws
/// Error(failed) for a machine that does not run quietly on one node, and where Pacemaker would not
/// move it (with its reason).
MovePlan plan_move(const std::string& cib, const cluster::Status& status, const std::string& id,
                   const std::string& to, Deadline deadline);

/// Refuses what plan_move has found against it. Throws Error(failed).
void check_move(const MovePlan& plan);

struct Moved {
  bool there = false;         ///< it runs on the target, and nothing goes on any more
  Way way = Way::unknown;     ///< how it came there; unknown when it is not there
  bool interrupted = false;   ///< the administrator wanted it to end
  cluster::State state = {};  ///< as it was seen last
  std::string reason = {};    ///< why it is not there
  std::string left = {};      ///< why the constraint could not be removed; empty: it is gone
};

/// Does it, and waits until it has ended on both nodes, because Pacemaker 2.1.5 may lose sight of a
/// guest when the configuration changes between the two halves of a migration: only then, whatever
/// has come of it, does the constraint go. The administrator's wish to end counts before it has
/// begun. Throws Error only before anything was changed.
Moved move(Pacemaker& pacemaker, const MovePlan& plan, const Tell& tell, const Pause& pause,
           Deadline deadline);

/// "havc-move-WEB-01_intranet"
std::string move_constraint(const std::string& id);

}  // namespace havc::change
