// What would change, and what Pacemaker would do about it: made of the inventory and of what the
// cluster and its nodes say now. Nothing is changed here, and nothing is asked over the network.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "cluster/status.h"
#include "inventory/inventory.h"
#include "inventory/template.h"

namespace havc::change {

/// Where a definition lies on the local disk of every node: kDefinitionFolder/NAME_zone.xml. The
/// parameter "config" of the resources says the same.
inline constexpr std::string_view kDefinitionFolder = "/etc/havc/libvirt";

/// What is wanted. A resource that no file speaks of is not touched: it is `foreign`.
struct Wish {
  inventory::Inventory inventory = {};  ///< read without problems
  /// Resources (NAME_zone) that the plan is about; none: all. An empty set is about no machine.
  std::optional<std::set<std::string>> selected = {};
  /// Resources that go although no file says so, with their definitions on the nodes.
  std::set<std::string> removals = {};
  bool cluster_pieces = true;  ///< options, fencing, ping, admin address, the nodes' utilization
};

/// What one node has below kDefinitionFolder.
struct NodeFiles {
  std::string node = {};
  bool reached = false;
  std::string reason = {};                         ///< why it was not reached
  std::map<std::string, std::string> hashes = {};  ///< path → SHA-256, 64 small hexadecimal digits
};

/// What there is.
struct Actual {
  std::string cib = {};     ///< as `cibadmin --query` prints it, with its status
  std::string source = {};  ///< where it is from, for messages: "cibadmin on 'n1'", a path
  cluster::Status status = {};
  /// Gives the status when it is not known yet: crm_mon takes a second for a large CIB in a file,
  /// and is needed for what goes alone.
  std::function<cluster::Status()> ask_status = {};
  /// None: the nodes were not looked at (--cib FILE), and the plan says nothing of their files.
  std::optional<std::vector<NodeFiles>> nodes = {};
  /// Definitions as some node has them now: path → content. Used for saying what changes; those
  /// that are missing here "differ".
  std::map<std::string, std::string> definitions = {};
  /// Resources that libvirt runs where Pacemaker does not know of it: none is removed before it has
  /// been stopped.
  std::set<std::string> elsewhere = {};
  /// Live XML of domains that run, by resource. Those that are missing are not compared.
  std::map<std::string, std::string> running = {};
};

struct VmChange {
  enum class Kind {
    none,  ///< its configuration stays; something else is to be said of it
    add,
    change,
    stop_then_remove,  ///< the first change stops it, another removes it when it has stopped
    remove,            ///< it runs nowhere, and goes with the first change
  };
  std::string id = {};
  Kind kind = Kind::none;
  /// Of the configuration and the definition: "memory 1024 -> 2048 MiB", "prefers n1 -> n2".
  std::vector<std::string> details = {};
  /// Of Pacemaker's simulation: "starts on n2", "stops on n1", "moves n1 -> n2 (live)", "restarts
  /// on n1". For stop_then_remove, of the first change.
  std::vector<std::string> consequences = {};
  /// What a guest that runs sees only after its next start: "memory 1024 -> 2048 MiB". Empty: it
  /// does not run, is as defined, or was not compared.
  std::vector<std::string> after_restart = {};
  /// What somebody else put into its resource or constraints, and stays: "meta failure-timeout=60".
  std::vector<std::string> kept = {};
};
std::string_view name_of(VmChange::Kind kind);

/// A file as every node that has a use for it shall have it.
struct File {
  std::string path = {};
  std::string content = {};
  std::string hash = {};  ///< SHA-256, as in NodeFiles
};
inline constexpr int kDefinitionMode = 0600;  ///< of root: it may hold a password for VNC

struct NodeChange {
  std::string node = {};
  bool reached = false;
  std::string reason = {};                ///< why it was not reached
  std::vector<std::string> add = {};      ///< paths, keys of Plan::files
  std::vector<std::string> replace = {};  ///< likewise
  /// Paths of definitions of Wish::removals; only when their resource has gone.
  std::vector<std::string> remove = {};
};

struct Plan {
  std::string base = {};    ///< the CIB it was made of: Actual::cib, byte for byte
  std::string target = {};  ///< the CIB after the first change; the same text: it stays as it is
  /// Resources that removal_of (merge.h) takes out when they have stopped.
  std::vector<std::string> afterwards = {};
  std::vector<VmChange> vms = {};         ///< those that something is to be said of, by id
  std::vector<std::string> cluster = {};  ///< what else changes in the CIB, a line each
  /// What Pacemaker would do with nodes and with what is no virtual machine.
  std::vector<std::string> consequences = {};
  std::map<std::string, File> files = {};  ///< every definition of the selection, by path
  bool nodes_looked_at = false;
  std::vector<NodeChange> nodes = {};  ///< every node of Actual
  std::vector<std::string> foreign =
      {};                               ///< LibvirtQemu resources in the CIB that no file speaks of
  std::vector<std::string> notes = {};  ///< what is odd, and stands in the way of nothing
  /// Why it may not be applied; crm_verify's words among them, unless it says the same already.
  /// Other members are then as far as it went.
  std::vector<Error> problems = {};

  bool changes_cib() const { return base != target; }
  bool changes_files() const;
  /// Anything is to be done: `havc plan` exits 2.
  bool changes() const { return changes_cib() || changes_files() || !afterwards.empty(); }
  /// A node was not reached: its files are not known.
  bool incomplete() const;
};

/// The definitions that the selection's nodes shall have, by path: those of machines of the cluster
/// (also of disabled ones, which are to be enabled as they are written) on all nodes, those of
/// local ones on theirs alone. Throws as inventory::domain_xml does.
std::map<std::string, File> files_of(const Wish& wish, inventory::TemplateFolders& templates);

/// Never throws for what is wrong with inventory, templates or CIB: that is in `problems`. Throws
/// Error(timed_out) at the deadline, Error(not_installed) without Pacemaker's crm_verify and
/// crm_simulate, Error(unusable_here) for a CIB that cannot be read.
Plan make_plan(const Wish& wish, const Actual& actual, inventory::TemplateFolders& templates,
               Deadline deadline);

}  // namespace havc::change
