// What an answer that is no answer means for the administrator: one table of SNMP's error statuses,
// one of SNMPv3's reports, and what to make of silence.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "snmp/identity.h"
#include "snmp/message.h"

namespace havc::snmp {

/// The error of an answer with an error status (RFC 3416 3; 1 to 5 are RFC 1157's) other than 0.
/// permission for want of access, failed for anything else.
Error refusal(const Identity& identity, const Request& request, long status, long index,
              const std::string& peer);

/// The error of a report that will come again however often the request is repeated. Those that
/// repeating helps are failed, for a peer that does not stop to report them.
Error refusal(const Identity& identity, Report report, const std::string& peer);

/// What is known of a peer that is silent.
struct Silence {
  int trouble = 0;        ///< the network's errno, see UdpSocket::trouble
  bool engine = false;    ///< SNMPv3: it has told its engine
  bool answered = false;  ///< it has answered a request before
};
Error silence(const Identity& identity, const Silence& known, const std::string& peer,
              Duration waited);

/// This node cannot send: `error` is an errno.
Error cannot_send(int error, const std::string& peer);

/// An answer that does not fit the request.
Error nonsense(const std::string& peer);

}  // namespace havc::snmp
