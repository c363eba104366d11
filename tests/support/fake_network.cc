#include "support/fake_network.h"

namespace havc::test {

/// The network's only client, for code that wants one of its own.
class FakeNetwork::Borrowed : public snmp::Client {
 public:
  explicit Borrowed(FakeNetwork& network) : network_(network) {}

  snmp::Peer open(const snmp::Address& address) override {
    const std::string text = address.text();
    if (network_.opened.empty()) {
      network_.first =
          std::chrono::duration_cast<std::chrono::milliseconds>(network_.clock_.elapsed());
    }
    network_.opened.push_back(text);
    const auto other = network_.others_.find(text);
    auto& chassis = other == network_.others_.end() ? *network_.chassis_ : *other->second;
    auto& module = client().add(text, chassis);
    module.dead = network_.all_dead || network_.dead.count(text) != 0;
    module.latency = network_.latency;
    return client().open(address);
  }
  snmp::Ticket send(snmp::Peer peer, snmp::Request request) override {
    return client().send(peer, std::move(request));
  }
  std::string name(snmp::Peer peer) const override { return client().name(peer); }
  Error silence(snmp::Peer peer, Duration waited) const override {
    return client().silence(peer, waited);
  }

 protected:
  void cancel(snmp::Ticket ticket) override { client().forget(ticket); }
  std::vector<snmp::Answer> receive(Deadline deadline) override { return client().wait(deadline); }

 private:
  FakeClient& client() const { return network_.client_; }

  FakeNetwork& network_;
};

std::function<std::unique_ptr<snmp::Client>(const snmp::Credentials&)> FakeNetwork::opener() {
  return [this](const snmp::Credentials& used) {
    credentials = used;
    return std::make_unique<Borrowed>(*this);
  };
}

}  // namespace havc::test
