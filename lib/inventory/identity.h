// Who a virtual machine is on the network: everything that follows from its name, its address and
// the zones. Explicit values win.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "inventory/address.h"
#include "inventory/between.h"
#include "inventory/names.h"

namespace havc::inventory {

/// Where a table was read, for messages.
struct Source {
  std::string file = {};
  std::map<std::string, int> lines = {};  ///< key → line; "" is the table's own
  /// "FILE:LINE: " of the key, else of the table; empty without a file.
  std::string at(const std::string& key) const;
};

/// Error(misconfigured) whose problem begins with the place.
Error refusal(const Source& source, const std::string& key, const std::string& problem,
              const std::string& remedy);

/// A network that virtual machines live in.
struct Zone {
  ZoneName name = {};
  std::vector<Prefix> ranges = {};
  std::optional<SlaacPrefix> ipv6_prefix = {};  ///< addresses in it are the zone's, too
  std::optional<Vlan> vlan = {};
  LinkName bridge = {};
  std::vector<Path> folders = {};  ///< where images lie; the first takes those that have no path
  Source source = {};

  bool contains(const Address& address) const;
};

/// What is known of a guest. Without address, its zone and MAC address must be given.
struct Guest {
  VmName name = {};
  HostName host = {};
  std::optional<Address> address = {};
  std::optional<ZoneName> zone = {};
  std::optional<Mac> mac = {};
  std::optional<Uuid> uuid = {};
  std::optional<Ipv6> address_v6 = {};
  Source source = {};
};

struct Identity {
  std::string fqn = {};  ///< NAME_zone: the resource, the domain, and its files
  ZoneName zone = {};
  std::optional<Ipv4> ipv4 = {};
  std::optional<Ipv6> ipv6 = {};
  Mac mac = {};
  Uuid uuid = {};
};

/// 02:00 and the four octets: locally administered, and one for each address.
Mac mac_of(const Ipv4& address);
/// The reverse; nothing for other MAC addresses.
std::optional<Ipv4> ipv4_of(const Mac& mac);
/// The address that a guest with this card gives itself (SLAAC, RFC 4291 appendix A).
Ipv6 slaac_address(const SlaacPrefix& prefix, const Mac& mac);
/// The reverse, where the last 64 bits were made of a MAC address.
std::optional<Mac> mac_of(const Ipv6& address);

/// One refusal for each two ranges of different zones that have an address in common.
std::vector<Error> overlaps_of(const std::vector<Zone>& zones);

/// Throws Error(misconfigured) naming the key: the address is in no zone or in another than the one
/// given, the zone is not known, the MAC address neither given nor to be made of the address, an
/// IPv6 address outside of its zone.
Identity derive(const Guest& guest, const std::vector<Zone>& zones, const UuidPrefix& uuid_prefix);

}  // namespace havc::inventory
