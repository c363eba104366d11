// What is known of VMs at one moment: their files, what Pacemaker says and what libvirt says on all
// nodes. The views (status, show, locate) print parts of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cluster/access.h"
#include "cluster/overview.h"
#include "cluster/state.h"
#include "havc/call.h"
#include "inventory/select.h"
#include "node/ask.h"

namespace havc::cli {

using node::NodeReport;

enum class Verdict {
  fine,      ///< as its file wants it, or on its way there
  doubtful,  ///< not all was said that would show
  wrong,
};

struct Outlook {
  std::string id = {};                       ///< of the resource, and the domain's name
  const inventory::Vm* vm = nullptr;         ///< nullptr: it has no file
  std::optional<cluster::State> state = {};  ///< none: local, and its node did not say
  std::string reason = {};                   ///< the state's, and what else is to be known
  std::optional<unsigned> percent = {};  ///< of a migration, what has gone over; none: not known
  bool restart_needed = false;           ///< it has other CPUs or memory than its file says
  Verdict verdict = Verdict::fine;
};

/// What libvirt said of a VM on each node that could say it. A node that Pacemaker knows to be off
/// and that does not answer is none of them.
std::vector<cluster::Sighting> sightings_of(const std::string& id,
                                            const std::vector<NodeReport>& reports,
                                            const cluster::Overview& overview);

/// `libvirt_asked`: a node that said nothing is a doubt.
Outlook outlook_of(const std::string& id, const inventory::Vm* vm,
                   const std::vector<NodeReport>& reports, const cluster::Overview& overview);

/// It runs twice, or where Pacemaker does not know of it.
bool is_double(const Outlook& outlook);

/// Libvirt is asked after the cluster: what Pacemaker began between the two questions looks as if
/// it knew nothing of it. Those that are doubles are looked at anew, by what the cluster says
/// `later`; what was none stays as it is.
void look_again(std::vector<Outlook>& outlooks, const std::vector<NodeReport>& reports,
                const cluster::Overview& later);

/// Ids of the VMs that the cluster knows, those whose configuration is gone, too; sorted.
std::vector<std::string> known_to(const cluster::Overview& overview);

struct Survey {
  cluster::Asked asked = {};
  std::vector<NodeReport> reports = {};  ///< empty when libvirt was not asked
  std::vector<Outlook> vms = {};         ///< that were meant, in the order of the inventory
};

/// Asks the cluster, and libvirt on all nodes unless there is --cib or --no-libvirt, and finds the
/// VMs that the call's words mean. Throws as Reach::ask and inventory::select do.
Survey survey(Call& call);

}  // namespace havc::cli
