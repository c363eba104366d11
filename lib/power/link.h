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
  /// says it is in charge, else the first that answers; a standby only when no other does. Throws
  /// the first one's trouble when none will do: Error(misconfigured) for something else than this
  /// kind of chassis.
  void connect(Deadline deadline);

  /// The module that is talked to. Only after connect().
  snmp::Contact contact() const { return {client_, present().peer}; }
  std::string name() const { return present().address.text(); }
  const std::string& description() const { return present().description; }  ///< its sysDescr
  const Chassis& chassis() const { return *chassis_; }
  snmp::Client& client() const { return *client_; }
  /// What is wrong with the other addresses, as far as they have answered: for warnings.
  std::vector<std::string> troubles() const;

  /// The present module is silent or refuses what it should not: takes another one that answers and
  /// is a chassis of this kind. False when there is none by the deadline; then the present one
  /// stays.
  bool change(Deadline deadline);

  // The same for callers that wait for other things meanwhile: they hand over what is the link's.

  /// There is another address to change to.
  bool has_others() const { return modules_.size() > 1; }
  /// Asks each module who it is and who is in charge, unless that question is on its way already.
  /// `anew`: what they answered before does not count any more.
  void seek(bool anew);
  /// Takes its answer in. False when it is somebody else's.
  bool take(const snmp::Answer& answer);
  /// Nothing of it is on its way any more.
  void forget();
  /// The present module refuses: another one is better, until this one says that it is in charge.
  void refused() { present().refuses = true; }
  void obeyed() { present().refuses = false; }
  bool refuses() const { return present().refuses; }
  /// By the table of modules, the present one only waits for the other's end.
  bool is_standby() const { return present().role == Role::standby; }
  /// No other module can do what the present one refuses: each refuses, too, is a standby, or has
  /// not answered (`waited_enough`: or will not). Not while the present one is a standby itself,
  /// which may take over.
  bool hopeless(bool waited_enough) const;
  /// Changes to a better module of those that have answered seek(), if there is one: in charge
  /// rather than unknown, and, for want of both, a standby if `any`. True when it did.
  bool change_to_better(bool present_is_silent, bool any);

 private:
  enum class Role { in_charge, unknown, standby };
  struct Module {
    snmp::Address address;
    snmp::Peer peer = 0;
    snmp::Ticket who = 0;     // the question what it is; 0: none is on its way
    snmp::Ticket charge = 0;  // the question who is in charge
    bool right = false;       // has answered and is of this kind
    bool refuses = false;
    Role role = Role::unknown;
    std::string description{};
    std::optional<Error> trouble{};

    bool asked() const { return who != 0 || charge != 0; }
  };

  const Module& present() const { return modules_[present_]; }
  Module& present() { return modules_[present_]; }
  void take_who(Module& module, const snmp::Reply& reply);
  void take_charge(const snmp::Reply& reply);
  void add_tickets(std::vector<snmp::Ticket>& tickets) const;
  void set_roles(const std::string& in_charge, const std::vector<std::string>& others);
  /// The best of the modules that have answered: in charge, then unknown, then standby.
  std::optional<std::size_t> best() const;
  /// Whether best() should be taken rather than waiting for others, which were asked `waited` ago.
  bool good_enough(std::size_t module, Duration waited, Duration time) const;
  bool nothing_on_its_way() const;
  Error trouble(Duration waited) const;

  friend class Connecting;

  snmp::Client* client_;
  const Chassis* chassis_;
  std::vector<Module> modules_;
  std::size_t present_ = 0;
};

/// connect() of several chassis at once; the trouble of each that failed, in their order.
std::vector<std::optional<Error>> connect_all(std::vector<Link>& links, Deadline deadline);

}  // namespace havc::power
