// Which virtual machines an apply waits for. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "change/await.h"
#include "change/plan.h"

namespace havc::change {

/// Those that the plan changes in the cluster, and those of its selection that are on their way
/// already, because of an apply that nobody waited for; and `others`.
std::vector<Goal> goals_of(const Plan& plan, const Wish& wish, const cluster::Status& status,
                           const std::set<std::string>& others);

}  // namespace havc::change
