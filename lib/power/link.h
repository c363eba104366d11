// The link to one chassis: the addresses of its management modules, which of them answer, and which
// one is in charge. Knows nothing of bays.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "power/chassis.h"
#include "snmp/address.h"
#include "snmp/client.h"

namespace havc::power {

class Link {
 public:
  /// `addresses` (numbers, see snmp::resolve) in the administrator's order. Sends nothing; throws
  /// what Client::open() throws.
  Link(snmp::Client& client, const Chassis& chassis, const std::vector<snmp::Address>& addresses);

  /// Asks all of them at once whether they are a chassis of this kind, and takes the module that
  /// says it is in charge, else the first that answers; the others' troubles are warnings. Throws
  /// the first one's trouble when none will do: Error(misconfigured) for something else than this
  /// kind of chassis. Nothing else of the client's may be on its way: see connect_all().
  void connect(Deadline deadline);

  /// The module that is talked to. Only after connect().
  snmp::Contact contact() const { return {client_, modules_[present_].peer}; }
  std::string name() const { return modules_[present_].address.text(); }
  const std::string& description() const { return modules_[present_].description; }  ///< sysDescr
  snmp::Client& client() const { return *client_; }
  /// What is wrong with addresses that are not talked to, one text each.
  std::vector<std::string> troubles() const;

  /// The present module is silent or refuses what it should not: takes another one that answers and
  /// is a chassis of this kind. False when there is none; then the present one stays. As connect(),
  /// for callers that have nothing else on its way.
  bool change(Deadline deadline);

  // For callers that have: they send and wait, and hand over what is the link's.

  /// There is another address to change to.
  bool has_others() const { return modules_.size() > 1; }
  /// Asks every module who it is and who is in charge, unless it has been asked and not answered.
  void seek();
  /// Takes its answer in. False when it is somebody else's.
  bool take(const snmp::Answer& answer);
  /// The present module refuses commands. Forgotten once it says that it is in charge.
  void refused() { modules_[present_].refuses = true; }
  /// Every module that could be asked refuses, or is silent: further tries are useless. Not while
  /// the present one says that another is in charge: it may take over.
  bool hopeless() const;
  /// Changes to a module that answered after seek(): one in charge rather than another; true when
  /// it did. `silent`: the present one does not answer, so that even a standby will do.
  bool change_to_better(bool silent);

 private:
  enum class Role { unknown, in_charge, standby };
  struct Module {
    snmp::Address address;
    snmp::Peer peer = 0;
    snmp::Ticket who = 0;      // the question what it is, 0: none on its way
    snmp::Ticket charge = 0;   // the question who is in charge
    bool right = false;        // has answered the last time it was asked, and is of this kind
    bool refuses = false;
    Role role = Role::unknown;
    std::string description;
    std::optional<Error> trouble;
  };

  void ask(Module& module);
  void forget_all();
  void take_who(Module& module, const snmp::Reply& reply);
  void take_charge(Module& module, const snmp::Reply& reply);
  std::optional<std::size_t> best(bool silent) const;
  bool settled(bool patient) const;
  bool choose(Deadline deadline, bool silent);
  void asked_in_vain(Deadline deadline, Instant start);

  friend std::vector<std::optional<Error>> connect_all(std::vector<Link>&, Deadline);

  snmp::Client* client_;
  const Chassis* chassis_;
  std::vector<Module> modules_;
  std::size_t present_ = 0;
};

/// connect() of several chassis at once; the trouble of each that failed.
std::vector<std::optional<Error>> connect_all(std::vector<Link>& links, Deadline deadline);

}  // namespace havc::power
