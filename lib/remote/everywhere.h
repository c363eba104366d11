// One command on each of many hosts at once, each with the same deadline.
#pragma once

#include <functional>
#include <variant>
#include <vector>

#include "base/error.h"
#include "remote/run.h"

namespace havc::remote {

struct Errand {
  Host host = {};
  Command command = {};
};

/// What came of one: how the program ended, or why nobody knows.
using Answer = std::variant<ProcessResult, Error>;

/// Told of each answer as it comes, never of two at once, by any thread. What it throws ends all.
using Progress = std::function<void(const Errand&, const Answer&)>;

inline constexpr int kMostAtOnce = 32;  ///< ssh processes; also the most nodes a cluster has

/// The answers are in the order of the errands. Never throws Error: what `run` throws is an answer.
std::vector<Answer> everywhere(const Run& run, const std::vector<Errand>& errands,
                               const Progress& progress, Deadline deadline);

/// The same command for all.
std::vector<Answer> everywhere(const Run& run, const std::vector<Host>& hosts,
                               const Command& command, const Progress& progress, Deadline deadline);

}  // namespace havc::remote
