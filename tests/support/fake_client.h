// The snmp::Client port before models of chassis, on a FakeClock: several addresses, each a module
// that may be slow, dead, a standby, or lose packets. Requests are repeated every 2 s, as the real
// client does with SNMPv1. Time passes while somebody waits.
#pragma once

#include "snmp/client.h"
#include "support/fake_chassis.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace havc::test {

struct FakeModule {
  FakeChassis* chassis = nullptr;          ///< nullptr: nobody has this address
  std::chrono::milliseconds latency{100};  ///< from a question to its answer; it acts halfway
  bool dead = false;                       ///< answers nothing
  bool standby = false;                    ///< answers questions and refuses commands
  std::optional<Error> read_refusal{};     ///< the answer to every question
  std::optional<Error> command_refusal{};  ///< the answer to every command
  int lost_packets = 0;                    ///< so many to come never arrive
  int lost_sets = 0;                       ///< so many packets with commands to come
  bool deaf_to_sets = false;               ///< does commands but loses its answers to them
};

class FakeClient : public snmp::Client {
 public:
  explicit FakeClient(FakeClock& clock) : clock_(clock) {}

  /// A module of `chassis` at `address`, whose address stays where it is.
  FakeModule& add(const std::string& address, FakeChassis& chassis);
  FakeModule& module(const std::string& address) { return modules_[address]; }

  /// Requests that are waited for.
  std::size_t on_its_way() const;

  snmp::Peer open(const snmp::Address& address) override;
  snmp::Ticket send(snmp::Peer peer, snmp::Request request) override;
  std::string name(snmp::Peer peer) const override { return peers_.at(peer); }
  Error silence(snmp::Peer peer, Duration waited) const override;

 protected:
  void cancel(snmp::Ticket ticket) override;
  std::vector<snmp::Answer> receive(Deadline deadline) override;

 private:
  struct Pending {
    snmp::Peer peer;
    snmp::Request request;
    Instant next_packet;                 // the first or a repeated one
    std::optional<Instant> arrival{};    // of a packet that was not lost
    std::optional<snmp::Reply> reply{};  // once it has arrived
    std::optional<Instant> answer{};     // when the reply is here
    bool forgotten = false;              // only its packet still travels
    Instant next() const;
  };

  bool advance(Pending& pending);
  void arrive(Pending& pending);
  void packet(Pending& pending);
  std::chrono::milliseconds latency(const Pending& pending);
  FakeBay* row(const Pending& pending);

  FakeClock& clock_;
  std::map<std::string, FakeModule> modules_;
  std::vector<std::string> peers_;
  std::map<snmp::Ticket, Pending> requests_;
  snmp::Ticket last_ = 0;
};

}  // namespace havc::test
