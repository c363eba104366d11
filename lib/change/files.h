// Which files each node has and should have, how they get there, and how it is proved that they are
// equal: by the hashes that the node itself reads back.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "change/copy.h"
#include "change/plan.h"
#include "change/stamp.h"
#include "node/ask.h"
#include "node/files.h"
#include "remote/run.h"

namespace havc::change {

/// What one node said of its files.
struct NodeLook {
  remote::Host host = {};
  std::optional<Error> trouble = {};  ///< why nothing is known of it
  node::Folder definitions = {};
  node::Folder inventory = {};
  std::optional<Stamp> stamp = {};  ///< none: no apply has come there, or it cannot be read
};

struct Look {
  std::vector<NodeLook> nodes = {};  ///< in the order of the hosts
  /// For Actual::nodes: files that are regular, and of the right mode.
  std::vector<NodeFiles> node_files() const;
  const NodeLook* node(const std::string& name) const;
};

/// Of what nodes said that were asked for their files; one of each different stamp is asked for its
/// text. Never throws Error: what a node did not say is in its `trouble`.
Look look_of(const std::vector<node::NodeReport>& reports, const remote::Run& run,
             Deadline deadline);

/// The same of nodes that are asked for nothing else, all at once.
Look look(const std::vector<remote::Host>& hosts, const remote::Run& run, Deadline deadline);

/// What one node gets.
struct Delivery {
  remote::Host host = {};
  std::vector<File> put = {};  ///< below kDefinitionFolder or node::kInventoryFolder
  std::vector<std::string> remove = {};
};

/// What of the copy is missing or another there, and what is there without being in it; without the
/// stamp. Nothing to put and to remove: they are the same.
Delivery inventory_delivery(const NodeLook& node, const Copy& inventory);

struct Delivered {
  remote::Host host = {};
  std::optional<Error> trouble = {};  ///< none: everything is there, proved by its hashes
};

/// All at once; never throws Error.
std::vector<Delivered> deliver(const std::vector<Delivery>& deliveries, const remote::Run& run,
                               Deadline deadline);

/// A file that is not as it should be.
struct Drift {
  enum class Kind {
    missing,
    differs,
    odd,    ///< of another kind or mode, or it cannot be read
    extra,  ///< nobody's
  };
  std::string node = {};
  std::string path = {};
  Kind kind = Kind::differs;
  std::string since = {};    ///< when it was changed last, local time; empty when nobody knows
  std::string text() const;  ///< "n2: /etc/havc/libvirt/X.xml differs, since 2026-11-21 20:15:02"
};

/// What each node shall have.
struct Holdings {
  std::map<std::string, File> definitions = {};   ///< by path, of all machines (files_of)
  std::map<std::string, std::string> local = {};  ///< path → the only node that has it
  Copy inventory = {};
};
Holdings holdings_of(const Wish& wish, const Copy& inventory,
                     inventory::TemplateFolders& templates);

/// Of the nodes that have answered. Paths that match one of `allowed` (as a shell's patterns do)
/// may be whatever they are.
std::vector<Drift> drift_of(const Holdings& holdings, const Look& look,
                            const std::vector<std::string>& allowed);

/// What puts it right: a plan of files alone, for apply(). What is nobody's stays.
Plan plan_of(const Holdings& holdings, const Look& look, const std::vector<Drift>& drift);

/// The node whose copy is newer than what this machine has applied last (none: nothing yet) and
/// another than `digest`, which it is about to apply.
const NodeLook* newer_copy(const Look& look, const std::optional<Stamp>& own,
                           const std::string& digest);

}  // namespace havc::change
