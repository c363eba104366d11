// Runs the hook program of power changes beside everything else, and collects its ends. It knows
// nothing of bays' states.
#pragma once

#include "chassis/chassis.h"

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace havc::chassis {

class Hooks {
 public:
  explicit Hooks(std::string program) : program_(std::move(program)) {}
  /// Ends what still runs: its process group gets SIGTERM, and SIGKILL after two seconds. Needs
  /// SIGCHLD blocked.
  ~Hooks();
  Hooks(const Hooks&) = delete;
  Hooks& operator=(const Hooks&) = delete;

  struct End {
    int bay;
    bool success;  ///< exit code 0
  };

  /// Starts `PROGRAM off|on BAY LABEL` in a process group of its own, its output going to standard
  /// error. False: not started, said on standard error.
  bool start(const HookCall& call);
  /// Those that have ended since the last time; to be called after SIGCHLD.
  std::vector<End> reap();

 private:
  void wait_for_all(int seconds);

  std::string program_;
  std::map<pid_t, HookCall> running_;
};

}  // namespace havc::chassis
