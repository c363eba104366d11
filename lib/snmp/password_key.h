// The key that SNMPv3 makes of a password, which net-snmp does in pieces of 64 bytes: the same in
// one piece costs less than half, and it is most of what a short question costs this node.
#pragma once

#include <string>

namespace havc::snmp {

/// RFC 3414 A.2: `protocol` is MD5 or SHA; empty for another one, for an empty password, and when
/// this system does not allow the algorithm.
std::string password_key(const std::string& protocol, const std::string& password);

}  // namespace havc::snmp
