// What is configured against the rules that keep guests alive: pure, over the cluster's
// configuration and whatever else is known of it. What is wrong right now is health's matter.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cluster/configuration.h"
#include "cluster/status.h"
#include "health/finding.h"
#include "inventory/inventory.h"
#include "node/report.h"

namespace havc::health {

/// A domain's XML as libvirt would be given it.
struct DefinitionText {
  std::string vm = {};    ///< its resource
  std::string node = {};  ///< whose file it is; empty: as the inventory makes it
  std::string xml = {};
};

/// What there is to look at. A rule that needs what is missing here finds nothing.
struct Material {
  cluster::Configuration configuration = {};
  const cluster::Status* status = nullptr;
  const inventory::Inventory* inventory = nullptr;  ///< read without problems
  std::vector<DefinitionText> definitions = {};
  std::map<std::string, node::Report> reports = {};  ///< by the nodes' names
};

/// Everything that is found, worst first. Never throws Error: a definition that cannot be read is a
/// finding.
std::vector<Finding> lint(const Material& material);

/// All there are, sorted by code; none is health's, too.
std::vector<Rule> lint_rules();

}  // namespace havc::health
