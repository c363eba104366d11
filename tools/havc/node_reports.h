// What nodes say of themselves ('havc node report' on each), asked all at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "node/question.h"
#include "node/report.h"
#include "remote/run.h"

namespace havc::cli {

struct NodeReport {
  remote::Host host = {};
  std::optional<node::Report> report = {};
  std::string unknown = {};  ///< why there is none, in words and with a remedy
};

/// In the order of the hosts. Never throws Error: what a node did not say is not known. The
/// question's limit is cut to the time there is.
std::vector<NodeReport> ask_nodes(const std::vector<remote::Host>& hosts, node::Question question,
                                  const remote::Run& run, Deadline deadline);

}  // namespace havc::cli
