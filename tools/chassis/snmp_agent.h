// The SNMP face of the simulator: a real agent (net-snmp's agent library) for SNMPv1, v2c and v3
// with USM users. One a process, since the library keeps its state in the process. It reads and
// writes no file: everything comes from here.
#pragma once

#include "chassis/objects.h"
#include "chassis/snmp_access.h"
#include "chassis/world.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace havc::chassis {

class SnmpAgent {
 public:
  using Fire = std::function<void(Event event, int bay)>;

  /// Listens on `address` (net-snmp's form, as udp:127.0.0.1:0 or udp6:[::1]:1161; port 0 chooses a
  /// free one). Whatever touches a bay is told to `fire`. Throws Error(misconfigured,
  /// unusable_here).
  SnmpAgent(const std::string& address, const Access& access, World& world, Fire fire);
  ~SnmpAgent();
  SnmpAgent(const SnmpAgent&) = delete;
  SnmpAgent& operator=(const SnmpAgent&) = delete;

  /// Where it listens, with the port it really has.
  const std::string& address() const;
  /// To be polled for input.
  int descriptor() const;
  /// Answers one packet that is there to be read.
  void receive();
  /// Sends the delayed answers that are due.
  void send_due(Instant now);
  std::optional<Instant> next_event() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace havc::chassis
