// The simulator's loop: it waits for packets, control lines, ends of hooks and points in time, and
// keeps them in step.
#pragma once

#include "chassis/control_socket.h"
#include "chassis/ending.h"
#include "chassis/hooks.h"
#include "chassis/options.h"
#include "chassis/script.h"
#include "chassis/snmp_agent.h"

#include <optional>
#include <vector>

namespace havc::chassis {

class Simulator {
 public:
  /// Needs signals blocked. Throws Error.
  explicit Simulator(const Options& options);

  const std::string& address() const { return agent_.address(); }
  /// Until SIGTERM, SIGINT, `quit`, or the end of standard input if that was asked for.
  void run();

 private:
  void settle();
  std::vector<pollfd> polled() const;
  int patience() const;
  void serve(const std::vector<pollfd>& polled);

  World world_;
  Script script_;
  Hooks hooks_;
  SnmpAgent agent_;
  Ending ending_;
  std::optional<ControlSocket> control_;
  bool end_ = false;
};

}  // namespace havc::chassis
