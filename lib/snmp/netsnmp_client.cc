// One state machine over all peers and requests: what was sent under which id, when it is sent
// again, and what an arrival means. Longer than most files: it reads top to bottom.
#include "snmp/netsnmp_client.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <set>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "snmp/netsnmp_codec.h"
#include "snmp/netsnmp_library.h"
#include "snmp/refusals.h"
#include "snmp/udp_socket.h"

namespace havc::snmp {

namespace {

using namespace std::chrono_literals;

// A lost packet is made up for soon, and a slow module is not buried in repetitions: SNMPv3 costs
// it much more, and OpenHPI found 15 s necessary there (snmp_bc). Answers to all tries count. In
// SNMPv1 longer pauses later would be too slow for a network that loses every third packet.
constexpr std::array<Duration, 1> kTriesV1{2s};
constexpr std::array<Duration, 3> kTriesV3{5s, 10s, 15s};
constexpr Duration kTryProbe = 2s;
// A module that restarts sends one or two (its clock, its engine).
constexpr int kMostReports = 4;
constexpr int kMostMisfits = 3;
// Probes because of answers of another engine, before the next repetition: one may be lost, and
// who tells another engine each time must not be flooded.
constexpr int kMostDoubts = 3;
// Answers that a peer may have waiting before the others are looked at.
constexpr int kMostAtOnce = 64;
// RFC 1157 4.1.2
constexpr long kTooBig = 1;
constexpr long kNoSuchName = 2;

/// Until the next try, when `tries` have been made; the last pause is that of all that follow.
template <std::size_t size>
Duration pause_after(const std::array<Duration, size>& pauses, std::size_t tries) {
  return pauses[std::min(tries, size) - 1];
}

struct Pending {
  Peer peer = 0;
  Request request;
  std::vector<std::size_t> open;  // objects still asked for; SNMPv1 makes us leave missing ones out
  std::size_t at_once = 0;        // of them in a packet
  std::vector<Binding> bindings;
  std::int32_t request_id = 0;
  std::size_t tries = 0;
  int misfits = 0;
  int reports = 0;
  std::optional<Instant> due;  // of the next try; none: it was sent since the last wait

  std::size_t asked() const { return std::min(at_once, open.size()); }
};

struct Module {
  Address address;
  UdpSocket socket;
  std::string engine;  // SNMPv3: its present one; empty: not known yet
  Silence known;
  int doubts = 0;                    // answers of other engines since the last repetition
  bool seeks = false;                // its engine is not known, and asked for
  std::optional<Instant> probe_due;  // while it is sought; none: it was asked since the last wait
};

/// What was sent under an id, and to whom.
struct Sent {
  Peer peer = 0;
  std::optional<Ticket> ticket;  // none: a probe
  std::string engine;
};

class NetSnmpClient : public Client {
 public:
  explicit NetSnmpClient(const Credentials& credentials)
      : codec_(identify(credentials, start_netsnmp(credentials))) {}

  Peer open(const Address& address) override;
  Ticket send(Peer peer, Request request) override;
  std::string name(Peer peer) const override { return modules_.at(peer).address.text(); }
  Self self() const override;
  Error silence(Peer peer, Duration waited) const override;

 protected:
  void cancel(Ticket ticket) override;
  std::vector<Answer> receive(Deadline deadline) override;

 private:
  bool v3() const { return codec_.identity().version == Version::v3; }
  void transmit(Ticket ticket);
  void ask_on(Ticket ticket);
  void probe(Peer peer);
  bool put(Peer peer, const std::string& datagram);
  void fail_all(Peer peer, const Error& error);
  void finish(Ticket ticket, Reply reply);
  void remove(Ticket ticket);
  void drop_ids(Ticket ticket);

  Instant schedule(Instant now);
  void send_due(Instant now);
  void read_arrivals(Deadline deadline);
  void take(Peer peer, const std::string& datagram);
  void take_engine(Peer peer, const Arrival& arrival);
  void take_report(Ticket ticket, const Arrival& arrival);
  void take_answer(Ticket ticket, const Arrival& arrival);
  void take_values(Ticket ticket, const Arrival& arrival);
  static bool leave_out(Pending& pending, long index);

  NetSnmpCodec codec_;
  std::vector<Module> modules_;
  std::map<Ticket, Pending> pending_;
  std::map<std::int32_t, Sent> sent_;
  std::vector<Answer> ready_;
  Ticket last_ticket_ = 0;
};

Peer NetSnmpClient::open(const Address& address) {
  modules_.push_back({address, UdpSocket(address), {}, {}, 0, false, {}});
  return modules_.size() - 1;
}

Self NetSnmpClient::self() const {
  const Identity& identity = codec_.identity();
  return v3() ? Self{false, identity.user} : Self{true, identity.community};
}

Error NetSnmpClient::silence(Peer peer, Duration waited) const {
  return snmp::silence(codec_.identity(), modules_.at(peer).known, name(peer), waited);
}

Ticket NetSnmpClient::send(Peer peer, Request request) {
  const Ticket ticket = ++last_ticket_;
  Pending& pending = pending_[ticket];
  pending.peer = peer;
  pending.request = std::move(request);
  for (std::size_t i = 0; i < pending.request.oids.size(); ++i) pending.open.push_back(i);
  pending.at_once = pending.open.size();
  pending.bindings.resize(pending.open.size());
  pending.request_id = NetSnmpCodec::new_request_id();
  Module& module = modules_.at(peer);
  if (v3() && module.engine.empty()) {
    if (!module.seeks) probe(peer);
  } else {
    transmit(ticket);
  }
  return ticket;
}

void NetSnmpClient::cancel(Ticket ticket) {
  remove(ticket);
  std::erase_if(ready_, [&](const Answer& answer) { return answer.ticket == ticket; });
}

void NetSnmpClient::drop_ids(Ticket ticket) {
  std::erase_if(sent_, [&](const auto& entry) { return entry.second.ticket == ticket; });
}

void NetSnmpClient::remove(Ticket ticket) {
  drop_ids(ticket);
  const auto found = pending_.find(ticket);
  if (found == pending_.end()) return;
  const Peer peer = found->second.peer;
  pending_.erase(found);
  const bool last = std::none_of(pending_.begin(), pending_.end(),
                                 [&](const auto& entry) { return entry.second.peer == peer; });
  if (last) modules_[peer].seeks = false;  // nobody wants to know any more
}

void NetSnmpClient::finish(Ticket ticket, Reply reply) {
  remove(ticket);
  ready_.push_back({ticket, std::move(reply)});
}

/// Nothing can be sent to this peer, whatever it is.
void NetSnmpClient::fail_all(Peer peer, const Error& error) {
  std::vector<Ticket> tickets;
  for (const auto& [ticket, pending] : pending_) {
    if (pending.peer == peer) tickets.push_back(ticket);
  }
  for (const Ticket ticket : tickets) finish(ticket, {{}, error});
}

bool NetSnmpClient::put(Peer peer, const std::string& datagram) {
  const int error = modules_[peer].socket.send(datagram);
  if (error == 0) return true;
  fail_all(peer, cannot_send(error, name(peer)));
  return false;
}

/// One more try, under a new id in SNMPv3. Answers to the tries before it count as well.
void NetSnmpClient::transmit(Ticket ticket) {
  Pending& pending = pending_.at(ticket);
  const Module& module = modules_[pending.peer];
  pending.due.reset();
  if (v3() && module.engine.empty()) {  // it is sought
    pending.tries = 0;
    return;
  }
  Message message{pending.request.kind,
                  {},
                  pending.request.value,
                  pending.request_id,
                  v3() ? NetSnmpCodec::new_message_id() : 0,
                  module.engine};
  for (std::size_t i = 0; i < pending.asked(); ++i) {
    message.oids.push_back(pending.request.oids[pending.open[i]]);
  }
  ++pending.tries;
  std::string datagram;
  try {
    datagram = codec_.encode(message);
  } catch (const Error& error) {
    return finish(ticket, {{}, error});
  }
  sent_[v3() ? message.message_id : message.request_id] = {pending.peer, ticket, message.engine};
  put(pending.peer, datagram);
}

/// Another packet of the same request, under another id: a copy of the last answer must not be read
/// as the answer to it.
void NetSnmpClient::ask_on(Ticket ticket) {
  Pending& pending = pending_.at(ticket);
  if (pending.open.empty()) return finish(ticket, {std::move(pending.bindings), {}});
  drop_ids(ticket);
  pending.request_id = NetSnmpCodec::new_request_id();
  pending.tries = 0;
  transmit(ticket);
}

void NetSnmpClient::probe(Peer peer) {
  Module& module = modules_[peer];
  const std::int32_t id = NetSnmpCodec::new_message_id();
  module.seeks = module.engine.empty();
  module.probe_due.reset();
  sent_[id] = {peer, {}, {}};
  put(peer, codec_.encode_probe(NetSnmpCodec::new_request_id(), id));
}

std::vector<Answer> NetSnmpClient::receive(Deadline deadline) {
  while (ready_.empty() && !pending_.empty()) {
    schedule(deadline.now());
    send_due(deadline.now());
    if (ready_.empty())
      read_arrivals(deadline.or_sooner({deadline.clock(), schedule(deadline.now())}));
    if (deadline.expired()) break;
  }
  return std::exchange(ready_, {});
}

/// Gives what was sent since the last time its next try. Returns when the first one is.
Instant NetSnmpClient::schedule(Instant now) {
  Instant first = Instant::max();
  for (auto& [ticket, pending] : pending_) {
    if (pending.tries == 0) continue;  // waits for the engine
    if (!pending.due) {
      pending.due = now + (v3() ? pause_after(kTriesV3, pending.tries)
                                : pause_after(kTriesV1, pending.tries));
    }
    first = std::min(first, *pending.due);
  }
  for (Module& module : modules_) {
    if (!module.seeks) continue;
    if (!module.probe_due) module.probe_due = now + kTryProbe;
    first = std::min(first, *module.probe_due);
  }
  return first;
}

void NetSnmpClient::send_due(Instant now) {
  std::set<Peer> doubtful;  // is it still the same engine?
  std::vector<Ticket> again;
  for (const auto& [ticket, pending] : pending_) {
    if (!pending.due || *pending.due > now) continue;
    again.push_back(ticket);
    if (v3()) doubtful.insert(pending.peer);
  }
  for (Peer peer = 0; peer < modules_.size(); ++peer) {
    const Module& module = modules_[peer];
    if (module.seeks && *module.probe_due <= now) doubtful.insert(peer);
  }
  for (const Peer peer : doubtful) {
    modules_[peer].doubts = 0;
    probe(peer);
  }
  for (const Ticket ticket : again) {
    if (pending_.count(ticket) != 0) transmit(ticket);
  }
}

/// Until something arrives, at most until the deadline.
void NetSnmpClient::read_arrivals(Deadline deadline) {
  std::vector<pollfd> sockets;
  for (const Module& module : modules_) sockets.push_back({module.socket.number(), POLLIN, 0});
  constexpr std::chrono::milliseconds kLongest = 1h;  // poll takes an int
  const auto time = std::min(deadline.remaining_ms(), kLongest);
  if (poll(sockets.data(), sockets.size(), static_cast<int>(time.count())) <= 0) return;
  for (Peer peer = 0; peer < sockets.size(); ++peer) {
    if (sockets[peer].revents == 0) continue;
    for (int i = 0; i < kMostAtOnce; ++i) {
      const auto datagram = modules_[peer].socket.receive();
      if (!datagram) break;
      take(peer, *datagram);
    }
    if (const int trouble = modules_[peer].socket.trouble()) {
      modules_[peer].known.trouble = trouble;
    }
  }
}

void NetSnmpClient::take(Peer peer, const std::string& datagram) {
  const auto arrival = codec_.decode(datagram);
  if (!arrival) return log::debug("a useless datagram from " + text::quote(name(peer)));
  const auto found = sent_.find(arrival->id);
  if (found == sent_.end() || found->second.peer != peer) return;  // a duplicate, or an old one
  const Sent sent = found->second;
  if (!sent.ticket) return take_engine(peer, *arrival);
  if (arrival->engine != sent.engine) {
    // Perhaps a module that has taken over the address: nothing it says counts before it is asked.
    if (++modules_[peer].doubts <= kMostDoubts) probe(peer);
    return;
  }
  if (arrival->kind == Arrival::Kind::stranger) return;
  modules_[peer].known.trouble = 0;
  if (arrival->kind != Arrival::Kind::answer) return take_report(*sent.ticket, *arrival);
  modules_[peer].known.answered = true;
  modules_[peer].doubts = 0;
  take_answer(*sent.ticket, *arrival);
}

/// The answer to a probe: anybody can have sent it, so it only decides whom to ask.
void NetSnmpClient::take_engine(Peer peer, const Arrival& arrival) {
  constexpr std::size_t kLongest = 32;  // RFC 3411 5, SnmpEngineID
  if (arrival.kind != Arrival::Kind::report || arrival.engine.empty() ||
      arrival.engine.size() > kLongest) {
    return;
  }
  Module& module = modules_[peer];
  module.seeks = false;
  module.known.trouble = 0;
  if (arrival.engine == module.engine) return;
  try {
    codec_.adopt(arrival.engine);
  } catch (const Error& error) {
    return fail_all(peer, error);
  }
  if (!module.engine.empty()) {
    log::info(text::quote(name(peer)) + " has become another SNMP engine");
  }
  module.engine = arrival.engine;
  module.known.engine = true;
  module.known.answered = false;
  std::vector<Ticket> waiting;
  for (const auto& [ticket, pending] : pending_) {
    if (pending.peer == peer) waiting.push_back(ticket);
  }
  for (const Ticket ticket : waiting) {
    if (pending_.count(ticket) != 0) transmit(ticket);
  }
}

void NetSnmpClient::take_report(Ticket ticket, const Arrival& arrival) {
  Pending& pending = pending_.at(ticket);
  const Peer peer = pending.peer;
  const bool clock_back = arrival.kind == Arrival::Kind::clock_back;
  const Report report = clock_back ? Report::wrong_time : arrival.report;
  Error error = refusal(codec_.identity(), report, name(peer));
  if (error.fault() == Fault::permission || ++pending.reports >= kMostReports) {
    return finish(ticket, {{}, std::move(error)});
  }
  sent_.erase(arrival.id);
  if (report == Report::unknown_engine) {
    modules_[peer].engine.clear();  // asked anew, and then told to all who wait
    if (!modules_[peer].seeks) probe(peer);
    return;
  }
  if (clock_back) codec_.forget_clock(arrival.engine);
  if (report == Report::wrong_time) transmit(ticket);
}

void NetSnmpClient::take_answer(Ticket ticket, const Arrival& arrival) {
  Pending& pending = pending_.at(ticket);
  if (arrival.request_id != pending.request_id) return;
  if (arrival.status == 0) return take_values(ticket, arrival);
  const bool reading = pending.request.kind != Request::Kind::set;
  if (reading && arrival.status == kNoSuchName && leave_out(pending, arrival.index)) {
    return ask_on(ticket);
  }
  if (reading && arrival.status == kTooBig && pending.asked() > 1) {
    pending.at_once = (pending.asked() + 1) / 2;
    return ask_on(ticket);
  }
  finish(ticket, {{},
                  refusal(codec_.identity(), pending.request, arrival.status, arrival.index,
                          name(pending.peer))});
}

/// In SNMPv1 one missing object spoils the whole packet: it is absent, the others are asked for
/// again.
bool NetSnmpClient::leave_out(Pending& pending, long index) {
  if (index < 1 || static_cast<std::size_t>(index) > pending.asked()) return false;
  const auto place = pending.open.begin() + (index - 1);
  pending.bindings[*place] = {pending.request.oids[*place], Absent()};
  pending.open.erase(place);
  return true;
}

void NetSnmpClient::take_values(Ticket ticket, const Arrival& arrival) {
  Pending& pending = pending_.at(ticket);
  const bool next = pending.request.kind == Request::Kind::next;
  const std::size_t asked = pending.asked();
  bool fits = arrival.bindings.size() == asked;
  for (std::size_t i = 0; fits && i < asked; ++i) {
    const Binding& binding = arrival.bindings[i];
    const Oid& object = pending.request.oids[pending.open[i]];
    const bool end = std::holds_alternative<Absent>(binding.value);
    fits = next ? binding.oid > object || end : binding.oid == object;
    pending.bindings[pending.open[i]] = binding;
  }
  if (!fits) {
    // Once it may be another request's answer whose id was damaged on its way: the next try tells.
    if (++pending.misfits < kMostMisfits) return;
    return finish(ticket, {{}, nonsense(name(pending.peer))});
  }
  pending.open.erase(pending.open.begin(),
                     pending.open.begin() + static_cast<std::ptrdiff_t>(asked));
  ask_on(ticket);
}

}  // namespace

std::unique_ptr<Client> open_netsnmp_client(const Credentials& credentials) {
  return std::make_unique<NetSnmpClient>(credentials);
}

}  // namespace havc::snmp
