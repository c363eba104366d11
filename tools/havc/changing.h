// What commands that change the cluster share: they look, plan, show the plan, ask, put files of
// the inventory, apply, tell how it goes, and give an exit code.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/file_lock.h"
#include "change/apply.h"
#include "havc/call.h"
#include "havc/command.h"
#include "havc/planning.h"
#include "havc/reach.h"
#include "inventory/store.h"

namespace havc::cli {

inline constexpr OptionRow kWithoutNode{
    "--without-node", "NODE",
    "Go on without this node's files, although it is online in the cluster; may be repeated",
    Takes::many};
inline constexpr OptionRow kOverNewer{
    "--over-newer", "",
    "Also when a node has the inventory of a later apply, from another machine: that is given up"};

/// One change that a command wants.
struct Change {
  change::Wish wish = {};
  change::Copy inventory = {};  ///< as files: of `wish`
  std::vector<inventory::FileText> files =
      {};                             ///< put into the inventory's folder once it is agreed to
  std::function<void()> commit = {};  ///< likewise, what else is to be written
  std::string folder = {};            ///< where `wish` was read; empty: the call's
  std::set<std::string> await = {};   ///< waited for also where nothing is to be changed
  std::string command = {};           ///< for the record: "apply"
  std::string question = {};          ///< "Apply this?"
  bool quiet = false;                 ///< nothing to do is not worth saying
  std::string again = {};             ///< what is to be called when it was interrupted; empty:
                                      ///< "havc apply", which does the rest as well
  bool restarts = false;              ///< its VMs are stopped and started, whatever changes
  bool files_only = false;            ///< the configuration of the cluster is left alone
};

/// Nobody else changes the cluster from this machine while it lives, and Ctrl-C is a wish that is
/// looked for between steps.
class Changing {
 public:
  explicit Changing(Call& call);

  /// What there is and what would change. Throws Error for what is in the way; several problems are
  /// printed first.
  Planned prepare(const Change& change);

  struct Outcome {
    int exit_code = kDone;
    bool agreed = true;  ///< false: --dry-run, or somebody said no
    change::Applied applied = {};
  };
  /// Shows, asks, does.
  Outcome make(const Change& change);
  Outcome make(const Change& change, const Planned& planned);

  const Reach& reach() const { return reach_; }
  const change::Records& records() const { return records_; }
  change::Means means();
  change::Told told();
  /// For changes: each step and wait has a bound of its own within it.
  static Deadline deadline();

 private:
  Call& call_;
  change::Records records_ = change::Records();
  std::optional<FileLock> lock_;
  Reach reach_;  // after the lock: what it reads of the inventory is what the last change has left

  std::optional<FileLock> take_lock();

  void show(const Planned& planned, bool changes);
  change::Order order_of(const Change& change, const Planned& planned) const;
  void print_result(const change::Applied& applied, const Change& change);
};

/// The whole inventory of the call as a wish, and as files.
Change whole_inventory(Call& call);

/// The inventory with other texts for some files, and these alone to be changed in the cluster.
/// Throws Error(misconfigured) with what is wrong with it then.
Change with_files(Call& call, const std::vector<inventory::FileText>& files,
                  const std::set<std::string>& ids);

/// Who asks for it: of sudo, else of the session.
std::string asking_user();

}  // namespace havc::cli
