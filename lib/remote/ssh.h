// The real way to a node: this machine by itself, others by OpenSSH with multiplexing. It knows
// nothing of what is run. DESIGN.md has what happens on the wire.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/environment.h"
#include "remote/run.h"

namespace havc::remote {

class ControlSocket;

struct SshOptions {
  std::string program = "ssh";
  /// For the sockets of connections that stay open: only ours, made where it is missing. Empty:
  /// every run connects anew.
  std::string control_folder = {};
  std::string config = {};  ///< in place of ~/.ssh/config and the system's; empty: those
};

/// /run/havc/ssh for root, $XDG_RUNTIME_DIR/havc for others; empty where that is not set.
std::string control_folder(const Environment& environment);

class Ssh {
 public:
  explicit Ssh(SshOptions options) : options_(std::move(options)) {}

  /// See `Run`. Never asks anything. Also throws Error(permission, failed) for a control folder
  /// that cannot be used. May be called by several threads at once.
  ProcessResult run(const Host& host, const Command& command, Deadline deadline) const;

  /// As a port. Valid as long as this object.
  Run as_run() const;

  /// What runs the program there with this terminal (with a pseudo-terminal, if `terminal`), for
  /// become(): for a node itself, its arguments. ssh may ask for passphrases and host keys.
  std::vector<std::string> interactive(const Host& host, const std::vector<std::string>& arguments,
                                       bool terminal) const;

 private:
  class Attempt;
  SshOptions options_;

  /// ssh and its options, up to those that differ with a terminal.
  std::vector<std::string> words(const ControlSocket& control,
                                 std::chrono::milliseconds connecting) const;
};

}  // namespace havc::remote
