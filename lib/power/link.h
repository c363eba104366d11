// The link to one chassis: the addresses of its management modules, which of them answer, and which
// one is in charge. Knows nothing of bays.
#pragma once

#include <string>
#include <vector>

#include "power/chassis.h"
#include "snmp/address.h"
#include "snmp/client.h"

namespace havc::power {

class Link {
 public:
  /// `addresses` (numbers, see snmp::resolve) in the administrator's order. Sends nothing.
  Link(snmp::Client& client, const Chassis& chassis, std::vector<snmp::Address> addresses);

  /// Asks all of them at once whether they are a chassis of this kind, and takes the module that
  /// says it is in charge, else the first that answers. Throws Error(misconfigured) when one is
  /// something else, and the first one's trouble when none answers.
  void connect(Deadline deadline);

  /// The module that is talked to. Only after connect().
  snmp::Contact contact() const;
  const std::string& description() const { return description_; }  ///< its sysDescr

  /// The present module is silent or refuses what it should not: takes another one that answers and
  /// is a chassis of this kind. False when there is none; then the present one stays.
  bool change(Deadline deadline);

 private:
  snmp::Client* client_;
  const Chassis* chassis_;
  std::vector<snmp::Address> addresses_;
  std::string description_;
};

}  // namespace havc::power
