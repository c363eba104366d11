// The cluster and its nodes, as a sub-command reaches them: by its options --cib and --ask, the
// inventory's nodes, and ssh.
#pragma once

#include <string_view>
#include <vector>

#include "cluster/access.h"
#include "havc/call.h"
#include "remote/ssh.h"

namespace havc::cli {

class Reach {
 public:
  /// Uses what could be read of the inventory; its problems are the caller's to tell.
  explicit Reach(Call& call);

  const remote::Ssh& ssh() const { return ssh_; }
  /// Valid as long as this object.
  remote::Run run() const { return ssh_.as_run(); }

  /// The inventory's nodes in its order.
  const std::vector<remote::Host>& nodes() const { return nodes_; }
  /// The node of that name; one that the inventory does not know is reached by its name.
  remote::Host node(std::string_view name) const;

  /// What Pacemaker says: of --cib's file, or --ask's node, or whoever answers (cluster/access.h).
  /// Throws as cluster::ask and ask_file do, and Error(misconfigured) for a cluster.toml that names
  /// no nodes because it cannot be read.
  cluster::Asked ask() const;
  cluster::Asked ask(Deadline deadline) const;

 private:
  Call& call_;
  remote::Ssh ssh_;
  std::vector<remote::Host> nodes_;

  std::vector<remote::Host> whom() const;
};

}  // namespace havc::cli
