// A chassis simulator, or the proxy before one, for one test: a process of its own on the loopback
// interface, gone with the object.
#pragma once

#include "base/descriptor.h"
#include "support/temporary_folder.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace havc::test {

enum class ChassisProgram { simulator, proxy };

/// Of this build, or $HAVC_SIMULATOR.
std::string path_of(ChassisProgram program);

class ChassisProcess {
 public:
  /// Starts the simulator with `arguments` (as {"--bay", "3=node1"}) on a free port of 127.0.0.1,
  /// unless they say --listen, with a control socket, likewise, and waits until it listens. The
  /// program is the one of this build, or $HAVC_SIMULATOR. Throws Error(not_installed, timed_out,
  /// failed).
  explicit ChassisProcess(std::vector<std::string> arguments,
                          ChassisProgram program = ChassisProgram::simulator);
  ~ChassisProcess();
  ChassisProcess(const ChassisProcess&) = delete;
  ChassisProcess& operator=(const ChassisProcess&) = delete;

  /// As udp:127.0.0.1:43210.
  const std::string& address() const { return address_; }
  /// As 127.0.0.1:43210, for programs that know of no transports.
  std::string peer() const;
  pid_t pid() const { return pid_; }

  /// One line for its control socket ("bay 3 state=255"); returns the whole reply, which ends in
  /// "ok\n" or an error line.
  std::string control(const std::string& command) const;

  /// Asks it to end and returns its exit code, 128 + n after signal n. A second call returns the
  /// same.
  int end();

 private:
  void start(const std::vector<std::string>& arguments);

  TemporaryFolder folder_;
  pid_t pid_ = -1;
  int exit_code_ = -1;
  Descriptor input_;  // its end is the simulator's end, also when this process dies
  Descriptor output_;
  std::string address_;
};

}  // namespace havc::test
