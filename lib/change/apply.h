// Doing what a plan says: files to the nodes, one guarded change of the configuration, waiting,
// a second one for what goes, and a record. Whatever stops it half way, the next apply finishes.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "change/await.h"
#include "change/files.h"
#include "change/plan.h"
#include "change/record.h"
#include "remote/run.h"

namespace havc::change {

/// What it works with.
struct Means {
  std::vector<remote::Host> hosts = {};  ///< all nodes of the inventory
  remote::Run run = {};
  Pause pause = {};  ///< interrupt::pause; by it the administrator's wish to end is seen, too
  const Records* records = nullptr;
};

struct Order {
  Plan plan = {};
  Wish wish = {};
  Look look = {};              ///< what the plan's knowledge of the nodes was made of
  Copy inventory = {};         ///< the inventory of `wish` as files
  std::string plan_json = {};  ///< for the record
  std::string user = {};       ///< who asks for it
  std::string machine = {};    ///< this one's name
  std::string command = "apply";
  std::set<std::string> without = {};  ///< nodes that need not have their files
  std::set<std::string> await = {};    ///< waited for also where nothing changes
  /// So is what of the selection is not as wanted yet, because of an apply that nobody waited for.
  bool settle = false;
  /// Machines that libvirt runs where Pacemaker does not know of it, and that shall not run: that
  /// they do not is asked of libvirt.
  std::set<std::string> elsewhere = {};
  /// What is wrong with machines that the plan does not touch: not all is as wanted then.
  std::vector<Error> wrong = {};
  bool over_newer = false;             ///< also when a node has a newer inventory
  bool files_only = false;             ///< a cluster that does not answer is in nobody's way
};

/// What is said while it goes on; each may be empty.
struct Told {
  std::function<void(const std::string& line)> step = {};  ///< "files: 60 to n1, n2, n3"
  Tell progress = {};
};

struct Applied {
  Record::Result result = Record::Result::done;
  int record = 0;  ///< 0: nothing was changed, and there is none
  /// Nodes whose files are not as they should be: "n3: not reached (offline in the cluster)".
  std::vector<std::string> nodes = {};
  std::vector<Waited> vms = {};        ///< those that were waited for
  std::vector<std::string> done = {};  ///< in the administrator's words
  std::vector<std::string> left = {};  ///< what the next apply does
  /// Machines that shall not run, and do where Pacemaker does not know of it, or may.
  std::set<std::string> running = {};
  std::optional<Error> error = {};     ///< why it stopped
};

/// Never throws Error once something may have been changed: what went wrong is in `error` then, and
/// in the record. Before that it throws what is wrong: problems of the plan, a node that is online
/// in the cluster and was not reached, a node whose inventory is newer than this machine's. The
/// result is incomplete when nothing else is missing than files of excused nodes, and the end of
/// what runs behind the cluster's back.
Applied apply(const Means& means, const Order& order, const Told& told, Deadline deadline);

}  // namespace havc::change
