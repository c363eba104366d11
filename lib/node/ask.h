// What nodes say of themselves ('havc node report' on each), asked all at once.
#pragma once

#include <optional>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "node/question.h"
#include "node/report.h"
#include "remote/everywhere.h"

namespace havc::node {

struct NodeReport {
  remote::Host host = {};
  std::optional<Report> report = {};
  std::optional<Error> trouble = {};  ///< why there is none, with a remedy
  /// Who answered, when it was another node than was asked: its report is not this host's.
  std::string another = {};
};

/// What has to be run for the report. Whoever is asked is also asked for its name.
remote::Command command_of(const Question& asked);

/// What came of it. A node that its cluster calls by another name (in any case of letters) is
/// trouble: its address may be another one's. Never throws Error.
NodeReport report_of(const remote::Host& host, const remote::Answer& answer);

/// In the order of the hosts. Never throws Error: what a node did not say is not known. The
/// question's limit is cut to the time there is, less a little for the way there and back.
std::vector<NodeReport> ask_nodes(const std::vector<remote::Host>& hosts, Question question,
                                  const remote::Run& run, Deadline deadline);

}  // namespace havc::node
