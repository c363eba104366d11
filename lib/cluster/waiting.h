// Why a virtual machine that is to run runs nowhere, as far as status and configuration say. For
// this module alone.
#pragma once

#include <string>
#include <string_view>

#include "cluster/overview.h"

namespace havc::cluster {

/// "standby: n1, n2; banned by 'cli-ban-…': n3": each node with what is in the way, or what is in
/// the way of all. Of rules, only an attribute that a node must have and has not is seen. Not
/// evaluated are patterns, orders and colocations; when these must be it, it says so.
std::string why_waiting(const Overview& overview, std::string_view id);

/// A node is ready, and nothing is known that is in the way there: if Pacemaker has not begun to
/// start it, it is about to, or sees what is not evaluated here.
bool may_run_somewhere(const Overview& overview, std::string_view id);

}  // namespace havc::cluster
