// SNMP messages without their encoding: what the engine of requests and the codec of the protocol
// tell each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "snmp/request.h"

namespace havc::snmp {

struct Message {
  Request::Kind kind = Request::Kind::get;
  std::vector<Oid> oids{};
  std::int32_t value = 0;  ///< of a SET
  std::int32_t request_id = 0;
  std::int32_t message_id = 0;  ///< SNMPv3's
  std::string engine{};         ///< SNMPv3: who is asked, from an answer to a probe
};

/// What SNMPv3 says in place of an answer (RFC 3414 3.2, RFC 3412 7.1).
enum class Report {
  unknown_engine,
  unknown_user,
  wrong_digest,
  unsupported_level,
  undecipherable,
  wrong_time,  ///< and tells the right one, which the codec has noted
  other,
};

struct Arrival {
  enum class Kind {
    answer,
    report,
    stranger,   ///< of a user or an engine that we do not know: nothing in it is to be trusted
    clock_back  ///< genuine, but its engine has started anew with an older clock, or it is a replay
  };
  Kind kind = Kind::answer;
  std::int32_t id = 0;  ///< request id of SNMPv1 and v2c, message id of SNMPv3
  std::string engine{};
  std::int32_t request_id = 0;
  Report report = Report::other;
  long status = 0;  ///< RFC 3416 3
  long index = 0;   ///< of the variable the status is about, from 1
  std::vector<Binding> bindings{};
};

}  // namespace havc::snmp
