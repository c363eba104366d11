// A fencing device as both fronts see it: one or several chassis of a kind, reached through their
// modules. Every verb finds the modules, does its work and says what is known; nothing here knows
// of command lines or exit codes.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "power/lookup.h"
#include "power/plan.h"
#include "power/power.h"
#include "snmp/address.h"
#include "snmp/credentials.h"
#include "snmp/session.h"

namespace havc::power {

/// How the administrator has set it up.
struct Setup {
  std::vector<std::vector<snmp::Address>> chassis;  ///< the modules of each
  snmp::Credentials credentials;
  HostMap host_map;
  std::chrono::seconds soft_timeout{0};  ///< 0: power goes at once
  Verify verify = Verify::basic;
  Escalate escalate = Escalate::none;
  bool missing_as_off = false;  ///< a bay without a blade counts as off
};

/// Opens a session to a numeric address: snmp::open_netsnmp, or a model in tests.
using Connect =
    std::function<std::unique_ptr<snmp::Session>(const snmp::Address&, const snmp::Credentials&)>;

/// A host of the list, or a bay that nobody can be asked for by name.
struct Entry {
  std::string host;       ///< label or the map's name; empty for a bay without either
  std::vector<Bay> bays;  ///< at least one
};

class Device {
 public:
  Device(const Chassis& chassis, const Setup& setup, const Connect& connect);
  ~Device();

  /// Every chassis answers and is of this kind. Returns what an administrator should know though it
  /// works: a user that may only read, a blade that powers on by itself, a stale map.
  std::vector<std::string> status(Deadline deadline);

  /// All bays with a blade, by host; a chassis that does not answer is left out with a warning
  /// unless none does.
  std::vector<Entry> list(Deadline deadline);

  /// The bays of `plug` (host, bay, label, UUID or serial number) as they are now; never empty.
  std::vector<Bay> look(const std::string& plug, Deadline deadline);

  /// Returns once it has been read back; see power.h. `reset` is true when the host is on again.
  void off(const std::string& plug, Deadline deadline);
  void on(const std::string& plug, Deadline deadline);
  bool reset(const std::string& plug, Deadline deadline);

  /// What `action` (off, on or reset) would do, in lines for an administrator; changes nothing.
  std::string explain(const std::string& action, const std::string& plug, Deadline deadline);

  /// Parameters, files and map against the chassis, without power actions: problems found.
  std::vector<std::string> validate(Deadline deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace havc::power
