// SNMPv1 messages as bytes (RFC 1157, X.690), for tests that answer what no simulator would.
// Lengths below 65536 only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "snmp/oid.h"

namespace havc::test::ber {

inline std::string element(unsigned char tag, std::string_view content) {
  std::string result(1, static_cast<char>(tag));
  const std::size_t size = content.size();
  if (size > 255) {
    result += '\x82';
    result += static_cast<char>(size >> 8U);
  } else if (size > 127) {
    result += '\x81';
  }
  result += static_cast<char>(size);
  return result.append(content);
}

inline std::string integer(std::int32_t value, unsigned char tag = 2) {
  const auto bits = static_cast<std::uint32_t>(value);
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(bits >> shift);
  return element(tag, bytes);
}

inline std::string text(std::string_view value) {
  return element(4, value);
}

inline std::string identifier(const snmp::Oid& oid) {
  const auto ids = oid.ids();
  std::string bytes(1, static_cast<char>(ids[0] * 40 + ids[1]));
  for (std::size_t i = 2; i < ids.size(); ++i) {
    for (int shift = 28; shift > 0; shift -= 7) {
      if (ids[i] >> shift != 0) bytes += static_cast<char>((ids[i] >> shift) | 0x80U);
    }
    bytes += static_cast<char>(ids[i] & 0x7FU);
  }
  return element(6, bytes);
}

inline std::string variable(const snmp::Oid& oid, std::string_view value) {
  return element(0x30, identifier(oid).append(value));
}

struct Answer {
  std::int32_t status = 0;
  std::int32_t index = 0;
  std::vector<std::string> variables{};
};

inline std::string message(std::string_view community, std::int32_t request_id,
                           const Answer& answer) {
  std::string variables;
  for (const auto& one : answer.variables) variables += one;
  const std::string pdu = integer(request_id) + integer(answer.status) + integer(answer.index) +
                          element(0x30, variables);
  return element(0x30, element(2, std::string(1, '\0')) + text(community) + element(0xA2, pdu));
}

/// Of an SNMPv1 or v2c message; 0 when it is none.
inline std::int32_t request_id_of(std::string_view message) {
  std::size_t at = 0;
  const auto skip_header = [&] {
    if (at + 2 > message.size()) return std::size_t{0};
    const auto first = static_cast<unsigned char>(message[at + 1]);
    const std::size_t more = first > 0x80 ? first - 0x80U : 0;
    std::size_t size = first;
    if (more > 0) size = 0;
    for (std::size_t i = 0; i < more && at + 2 + i < message.size(); ++i) {
      size = size << 8U | static_cast<unsigned char>(message[at + 2 + i]);
    }
    at += 2 + more;
    return size;
  };
  skip_header();        // the message
  at += skip_header();  // its version
  at += skip_header();  // its community
  skip_header();        // the PDU
  const std::size_t size = skip_header();
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < size && at + i < message.size(); ++i) {
    id = id << 8U | static_cast<unsigned char>(message[at + i]);
  }
  return static_cast<std::int32_t>(id);
}

}  // namespace havc::test::ber
