// Where a management module answers: text from the administrator on one side, something to send to
// on the other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"

namespace havc::snmp {

inline constexpr int kPort = 161;  // RFC 3417 3.2

struct Address {
  std::string host;  ///< a name, an IPv4 or an IPv6 address (without brackets)
  int port = kPort;

  /// "host:port", the port only when it is not 161, IPv6 in brackets when there is a port.
  std::string text() const;
  friend bool operator==(const Address&, const Address&) = default;
};

/// host, host:port, IPv6 or [IPv6]:port. Nothing when it is none of them.
std::optional<Address> parse_address(std::string_view text);

/// Several of them, separated by commas; nothing when one is wrong or there is none.
std::optional<std::vector<Address>> parse_addresses(std::string_view text);

/// The addresses with numbers in place of names, in the same order; a name may stand for several.
/// Names are looked up on a thread of its own, because a resolver cannot be told a deadline, each
/// with a share of the time. A name that nobody knows is left out unless nothing remains. Throws
/// Error(unreachable, timed_out) when nothing remains.
std::vector<Address> resolve(const std::vector<Address>& addresses, Deadline deadline);

}  // namespace havc::snmp
