// Which virtual machines an apply waits for. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "change/await.h"
#include "change/plan.h"

namespace havc::change {

/// Those that the plan changes in the cluster, and `others`; and what of its selection somebody else
/// or an apply that nobody waited for has set going: the machines that are on their way, and, with
/// `settle`, those that are not as wanted, or may not stay so because another one is on its way.
std::vector<Goal> goals_of(const Plan& plan, const Wish& wish, const cluster::Status& status,
                           const std::set<std::string>& others, bool settle);

}  // namespace havc::change
