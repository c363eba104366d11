// What the proxy must know of an SNMP packet: where its id is. No more of SNMP is understood here.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace havc::chassis {

/// The place of the id by which a client finds the request that an answer is for: the last byte of
/// the request id of an SNMPv1 or v2c message, or of an SNMPv3 message's id. Nothing when `packet`
/// is none of these.
std::optional<std::size_t> place_of_id(std::string_view packet);

}  // namespace havc::chassis
