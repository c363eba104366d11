// What many nodes say of themselves, asked at the same time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "node/question.h"
#include "node/report.h"
#include "remote/run.h"

namespace havc::cli {

struct Reports {
  std::map<std::string, node::Report> reports = {};  ///< by the nodes' names
  std::map<std::string, std::string> silent = {};    ///< those that did not answer, and why
};

/// Each node has the time until the deadline; its `limit` is cut to that.
Reports ask_nodes(const remote::Run& run, const std::vector<remote::Host>& hosts,
                  node::Question question, Deadline deadline);

}  // namespace havc::cli
