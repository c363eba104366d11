// Messages to bytes and back, with net-snmp's encoding and its user-based security, which it does
// without sessions, sockets or timers of the library. Keys are derived once, when an engine is
// known.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "snmp/identity.h"
#include "snmp/message.h"

namespace havc::snmp {

class NetSnmpCodec {
 public:
  /// The library must have been started.
  explicit NetSnmpCodec(Identity identity);
  ~NetSnmpCodec();

  const Identity& identity() const { return identity_; }

  /// Numbers that have not been used lately in this process, from a random beginning.
  static std::int32_t new_request_id();
  static std::int32_t new_message_id();

  /// The datagram. For SNMPv3 adopt() must have been told of the engine.
  std::string encode(const Message& message);
  /// The question for the engine of SNMPv3 (RFC 3414 4), which anybody may ask.
  std::string encode_probe(std::int32_t request_id, std::int32_t message_id);

  /// Makes keys for an engine. Throws Error(misconfigured) when that is not possible.
  void adopt(const std::string& engine);
  /// Takes the next clock of this engine for the right one, even an earlier one.
  void forget_clock(const std::string& engine);

  /// Nothing for what is damaged, not genuine, no answer, or below the security level asked for.
  std::optional<Arrival> decode(std::string_view datagram);

 private:
  struct Session;

  Identity identity_;
  std::unique_ptr<Session> session_;
};

}  // namespace havc::snmp
