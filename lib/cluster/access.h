// Asking the cluster: the texts of crm_mon and cibadmin from this machine or from a node, or from a
// file without any cluster, and what they say as values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/configuration.h"
#include "cluster/status.h"
#include "inventory/inventory.h"
#include "remote/run.h"

namespace havc::cluster {

/// Of one moment, as far as two programs that are asked at once can say so.
struct Asked {
  remote::Host host = {};               ///< that has answered; none for a file
  std::string source = {};              ///< the node's name, or the file's path: for messages
  std::string status_text = {};         ///< of crm_mon
  std::string configuration_text = {};  ///< the CIB
  Status status = {};
  Configuration configuration = {};
};

/// Whom to ask, in this order: the node of the inventory that is this machine (`here` is
/// host_name()), then the others. A machine that the inventory does not name may belong to another
/// cluster, and is asked only where the inventory names no node at all.
std::vector<remote::Host> candidates(const inventory::Cluster& cluster, std::string_view here);

/// Asks `hosts` in their order, each with a fair share of the time left, until one answers that
/// sees a cluster with quorum. If none does, it is the first that answered at all. Throws
/// Error(unreachable) that names why each did not.
Asked ask(const std::vector<remote::Host>& hosts, const remote::Run& run, Deadline deadline);

/// What crm_mon, run on this machine by `run`, says of a CIB in a file. Throws as ask_file does.
Status ask_file_status(const std::string& path, const remote::Run& run, Deadline deadline);

/// The text of a CIB in a file. Throws Error(unusable_here, permission).
std::string read_cib(const std::string& path);

/// A CIB in a file (cibadmin --query, or one of /var/lib/pacemaker/cib). What it says of the state
/// is what was true when it was written. crm_mon runs on this machine, by `run`. Throws
/// Error(unusable_here, permission) for a file that is none, and what `run` throws.
Asked ask_file(const std::string& path, const remote::Run& run, Deadline deadline);

}  // namespace havc::cluster
