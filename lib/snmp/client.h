// The port to management modules: requests go out, answers come back as they arrive. All peers and
// all requests of a process are under one wait, because modules answer slowly and neither bays nor
// chassis may wait for each other. Tests put a working model behind it; NetSnmpClient is the real
// one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "snmp/address.h"
#include "snmp/request.h"

namespace havc::snmp {

using Peer = std::size_t;
using Ticket = std::uint64_t;

struct Answer {
  Ticket ticket = 0;
  Reply reply;  ///< never timed_out: how long silence may last is for the caller to say
};

/// Who we are to modules, so as to be found in their own tables. The name of a community is a
/// secret, and belongs in no message.
struct Self {
  bool community = false;  ///< SNMPv1: `name` is one; else it is a user's
  std::string name;        ///< empty: not known
};

class Client {
 public:
  virtual ~Client() = default;

  /// Makes ready to talk to `address`, which must be a number, and sends nothing. Throws
  /// Error(misconfigured, unusable_here, permission) for credentials that cannot work.
  virtual Peer open(const Address& address) = 0;

  /// Sends at once, and again until it is answered or forgotten. Does not wait for anything. A peer
  /// that has become another engine (a failover of modules) is asked anew by itself.
  virtual Ticket send(Peer peer, Request request) = 0;

  /// The answer is not wanted any more. What was to be SET may have been set, or still arrive.
  void forget(Ticket ticket);

  /// Until at least one request is answered; none at the deadline, or when none is on its way.
  /// Errors of a request: permission (credentials, or no write access), failed (an answer that is
  /// an error or nonsense), unreachable (this node cannot send).
  std::vector<Answer> wait(Deadline deadline);

  /// The same for one of `wanted` alone. Answers to other requests wait for the next wait().
  std::vector<Answer> wait_for(const std::vector<Ticket>& wanted, Deadline deadline);

  /// Its address, for messages.
  virtual std::string name(Peer peer) const = 0;

  virtual Self self() const { return {}; }

  /// What to look at when `peer` has been silent for `waited`, as its protocol version lets one
  /// guess: an Error(timed_out).
  virtual Error silence(Peer peer, Duration waited) const = 0;

 protected:
  /// Forgets a request that receive() has not answered yet.
  virtual void cancel(Ticket ticket) = 0;
  /// What wait() says, for what has not been answered yet.
  virtual std::vector<Answer> receive(Deadline deadline) = 0;

 private:
  std::vector<Answer> kept_;  // arrived while somebody waited for others
};

/// One peer of a client: what functions take that talk to one module.
struct Contact {
  Client* client = nullptr;
  Peer peer = 0;

  std::string name() const { return client->name(peer); }
};

/// All on their way at once; one reply a request, in the same order. Requests without an answer at
/// the deadline are forgotten, and their error is silence(). Other requests of the client may be on
/// their way meanwhile.
std::vector<Reply> exchange(const Contact& contact, const std::vector<Request>& requests,
                            Deadline deadline);

/// One GET of several objects. Throws what exchange() reports.
std::vector<Value> get(const Contact& contact, const std::vector<Oid>& oids, Deadline deadline);

/// The rows of a table whose index is one number, in its order, read column beside column, several
/// parts of the table at once: 14 rows cost 8 packets and two round trips. Works with SNMPv1, which
/// has no GETBULK. Throws what exchange() reports, and Error(failed) when the agent's answers do
/// not go forward.
std::vector<Row> rows(const Contact& contact, const std::vector<Oid>& columns, Deadline deadline);

}  // namespace havc::snmp
