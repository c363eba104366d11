// The actions of a fence agent on a device: what each prints and how it ends.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "power/device.h"
#include "stonith/setup.h"

namespace havc::fence {

// Exit codes of the fence agent API: FenceAgentAPI.md of fence-agents.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kOff = 2;  ///< of status alone: the plug was reached and is off

/// What an action works on.
struct Work {
  power::Device& device;
  std::string plug;       ///< or several with commas between them
  std::string separator;  ///< of list's lines
  bool missing_as_off = false;
  Deadline deadline;
};

struct Outcome {
  int exit_code = kDone;
  std::string output = {};                 ///< for standard output
  std::vector<std::string> problems = {};  ///< with kFailed: each is told
};

struct Action {
  std::string_view name;
  bool needs_plug;
  stonith::Span span;
  bool delays;   ///< waits for parameter delay first, as the API wants it of these alone
  Outcome (*perform)(const Work&);
  std::string_view text;  ///< for the manual
};

/// Nothing when there is no such action on a device.
const Action* find_action(std::string_view name);

struct ActionDoc {
  std::string name;
  std::string_view text;
};
/// All actions in the order of the metadata: metadata and manpage, too.
std::vector<ActionDoc> action_docs();
std::vector<std::string> action_names();

}  // namespace havc::fence
