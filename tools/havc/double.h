// VMs that libvirt runs where Pacemaker does not know of them: what would start, restart or move
// one is refused, because it would run twice; what shall not run has not stopped.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "change/plan.h"
#include "cluster/access.h"
#include "havc/reach.h"
#include "havc/survey.h"

namespace havc::cli {

/// Those that are duplicate or foreign. One that the cluster is yet to get, Pacemaker itself looks
/// for on every node. Asks libvirt on all nodes; a node that does not answer is no evidence.
/// Confirmed, and throws what that does.
std::vector<Outlook> doubles_among(const std::vector<const inventory::Vm*>& vms, const Reach& reach,
                                   const cluster::Overview& overview, Deadline deadline);

/// Likewise of what the wish is about, and of what the nodes said.
std::vector<Outlook> doubles_of(const change::Wish& wish, const std::vector<NodeReport>& reports,
                                const cluster::Overview& overview);

/// Those of `found` that are doubles still when the cluster is asked again: Pacemaker knows of all
/// that it had begun before libvirt said it runs, and a VM that started between the two questions
/// is no double. Throws what Reach::ask does.
std::vector<Outlook> confirmed(std::vector<Outlook> found, const std::vector<NodeReport>& reports,
                               const Reach& reach, Deadline deadline);

/// The same, of what the cluster has said later.
std::vector<Outlook> doubles_still(std::vector<Outlook> found,
                                   const std::vector<NodeReport>& reports,
                                   const cluster::Overview& later);

/// "WEB-01_intranet is foreign: runs on n3; …"
std::string words_of(const Outlook& found);

/// "'WEB-01_intranet' is foreign: runs on n3; …", and what to do. Nobody is told to end a guest
/// while Pacemaker is at work (`status`): it may only not have seen yet that it runs there.
Error refusal_of(const Outlook& found, const cluster::Status& status);

}  // namespace havc::cli
