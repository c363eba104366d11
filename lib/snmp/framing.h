// The outer structure of an SNMP message, checked before net-snmp sees it: the library (5.9.3)
// takes the lengths in SNMPv3's security parameters for true, and reads beyond the end of a
// datagram whose sender lies. Says nothing of what the message means.
#pragma once

#include <string_view>

namespace havc::snmp {

/// The message that `datagram` begins with, without what may follow it; empty when there is none
/// whose parts, and those of its security parameters, fill exactly the room they claim.
std::string_view framed(std::string_view datagram);

}  // namespace havc::snmp
