#include "support/fake_client.h"

#include <algorithm>

#include "base/text.h"

namespace havc::test {

namespace {

using namespace std::chrono_literals;

constexpr auto kRepeat = 2s;

}  // namespace

FakeModule& FakeClient::add(const std::string& address, FakeChassis& chassis) {
  auto& module = modules_[address];
  module.chassis = &chassis;
  return module;
}

snmp::Peer FakeClient::open(const snmp::Address& address) {
  peers_.push_back(address.text());
  return peers_.size() - 1;
}

snmp::Ticket FakeClient::send(snmp::Peer peer, snmp::Request request) {
  requests_.emplace(++last_, Pending{peer, std::move(request), clock_.now()});
  return last_;
}

/// Nothing is sent any more, but what has been sent arrives.
void FakeClient::cancel(snmp::Ticket ticket) {
  const auto found = requests_.find(ticket);
  if (found == requests_.end()) return;
  found->second.forgotten = true;
  found->second.next_packet = Instant::max();
}

std::size_t FakeClient::on_its_way() const {
  return static_cast<std::size_t>(std::count_if(
      requests_.begin(), requests_.end(), [](const auto& one) { return !one.second.forgotten; }));
}

Error FakeClient::silence(snmp::Peer peer, Duration waited) const {
  const auto seconds = std::chrono::round<std::chrono::seconds>(waited).count();
  return {Fault::timed_out,
          "timed out: no answer from " + text::quote(name(peer)) + " in " +
              std::to_string(seconds) + " s",
          "check that it is up"};
}

Instant FakeClient::Pending::next() const {
  Instant first = next_packet;
  if (arrival) first = std::min(first, *arrival);
  if (answer) first = std::min(first, *answer);
  return first;
}

FakeBay* FakeClient::row(const Pending& pending) {
  FakeChassis* chassis = modules_[peers_[pending.peer]].chassis;
  return chassis == nullptr ? nullptr : chassis->row_of(pending.request.oids.at(0));
}

std::chrono::milliseconds FakeClient::latency(const Pending& pending) {
  const FakeBay* bay = row(pending);
  return modules_[peers_[pending.peer]].latency + (bay == nullptr ? 0ms : bay->answer_time);
}

/// One packet leaves; it may get lost.
void FakeClient::packet(Pending& pending) {
  pending.next_packet = clock_.now() + kRepeat;
  FakeModule& module = modules_[peers_[pending.peer]];
  const FakeBay* bay = row(pending);
  if (module.chassis == nullptr || module.dead || (bay != nullptr && bay->silent)) return;
  if (module.lost_packets > 0) {
    --module.lost_packets;
    return;
  }
  if (pending.request.kind == snmp::Request::Kind::set && module.lost_sets > 0) {
    --module.lost_sets;
    return;
  }
  if (!pending.arrival && !pending.answer) pending.arrival = clock_.now() + latency(pending) / 2;
}

/// What the module does with a packet. A repeated command is not done again: what it did the first
/// time is what tests count.
void FakeClient::arrive(Pending& pending) {
  pending.arrival.reset();
  const FakeModule& module = modules_[peers_[pending.peer]];
  const bool writes = pending.request.kind == snmp::Request::Kind::set;
  const auto& refusal = writes ? module.command_refusal : module.read_refusal;
  if (module.dead) return;
  if (refusal) {
    pending.reply = snmp::Reply{{}, refusal};
  } else if (writes && module.standby) {
    pending.reply = snmp::Reply{{}, Error(Fault::permission, "refused: noSuchName", "ask another")};
  } else if (!writes || !pending.reply) {
    pending.reply = module.chassis->ask(pending.request);
  }
  if (!writes || !module.deaf_to_sets) pending.answer = clock_.now() + latency(pending) / 2;
}

/// What is due for it now. True when it is answered.
bool FakeClient::advance(Pending& pending) {
  if (pending.next_packet <= clock_.now()) packet(pending);
  if (pending.arrival && *pending.arrival <= clock_.now()) arrive(pending);
  if (!pending.answer || *pending.answer > clock_.now()) return false;
  pending.answer.reset();
  return !modules_[peers_[pending.peer]].dead;
}

std::vector<snmp::Answer> FakeClient::receive(Deadline deadline) {
  while (on_its_way() > 0) {
    Instant next = deadline.end();
    for (const auto& [ticket, pending] : requests_) next = std::min(next, pending.next());
    clock_.sleep_until(next);
    for (auto& [address, module] : modules_) {
      if (module.chassis != nullptr) module.chassis->happen();
    }
    std::vector<snmp::Answer> answers;
    for (auto& [ticket, pending] : requests_) {
      if (advance(pending) && !pending.forgotten) answers.push_back({ticket, *pending.reply});
    }
    for (const auto& answer : answers) requests_.erase(answer.ticket);
    std::erase_if(requests_,
                  [](const auto& one) { return one.second.forgotten && !one.second.arrival; });
    if (!answers.empty() || deadline.expired()) return answers;
  }
  return {};
}

}  // namespace havc::test
