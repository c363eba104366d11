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
#include "snmp/client.h"
#include "snmp/credentials.h"

namespace havc::power {

/// Half of an action's time is for reaching the chassis and looking bays up: what fails before 70 %
/// of its time, fenced tries again.
inline constexpr int kContactShare = 2;

/// How the administrator has set it up.
struct Setup {
  std::vector<std::vector<snmp::Address>> chassis;  ///< the modules of each
  snmp::Credentials credentials;
  HostMap host_map;
  std::chrono::seconds soft_timeout{0};  ///< 0: power goes at once
  Verify verify = Verify::basic;
  Escalate escalate = Escalate::none;
  bool missing_as_off = false;   ///< a bay without a blade counts as off
  std::chrono::seconds time{0};  ///< of an action that changes power, to be told by explain()
};

/// Opens the client: snmp::open_netsnmp_client, or a model in tests.
using OpenClient = std::function<std::unique_ptr<snmp::Client>(const snmp::Credentials&)>;

/// A host of the list, or a bay that nobody can be asked for by name.
struct Entry {
  std::string host;       ///< label or the map's name; empty for a bay without either
  std::vector<Bay> bays;  ///< at least one
};

class Device {
 public:
  Device(const Chassis& chassis, const Setup& setup, const OpenClient& open);
  ~Device();

  /// Reads the files of the credentials, which the first question does otherwise: what hangs on this
  /// node hangs here, and before anything is sent. Throws Error(misconfigured, unusable_here).
  void open();

  /// Every chassis answers and is of this kind. Returns what an administrator should know though it
  /// works: a user that may only read, a blade that powers on by itself, a stale map. Looking for
  /// that takes at most 5 s and never fails.
  std::vector<std::string> status(Deadline deadline);

  /// All bays with a blade, by host; a chassis that does not answer is left out with a warning
  /// unless none does.
  std::vector<Entry> list(Deadline deadline);

  /// The bays of `plug` (a host, bay, label, UUID or serial number, or several of them with commas)
  /// and of its partition as they are now; never empty. See bays_of() and make_plan() for what is
  /// refused. With several chassis, one that is dead is in the way only of what it may have.
  std::vector<Bay> look(const std::string& plug, Deadline deadline);

  /// Returns once it has been read back; see power.h. `reset` is true when the host is on again.
  /// Each writes an audit line.
  void off(const std::string& plug, Deadline deadline);
  void on(const std::string& plug, Deadline deadline);
  bool reset(const std::string& plug, Deadline deadline);

  /// What `action` (off, on, and reset or reboot) would do, in lines for an administrator; changes nothing.
  std::string explain(const std::string& action, const std::string& plug, Deadline deadline);

  /// Problems found without power actions: chassis that do not answer, credentials that may only
  /// read, hosts and names that are not clear. Throws for what cannot work on this node at all.
  std::vector<std::string> validate(Deadline deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace havc::power
