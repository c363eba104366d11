// Datagrams to one peer and back, without waiting. Not connected: the kernel chooses the way anew
// for each datagram, and what does not come from the peer's own address and port is dropped here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "snmp/address.h"

namespace havc::snmp {

class UdpSocket {
 public:
  /// `address` must be a number. Throws Error(misconfigured) when it is none, and unusable_here
  /// when this system has no such sockets.
  explicit UdpSocket(const Address& address);

  int number() const { return socket_.number(); }

  /// 0, or the errno that says that this node cannot send. What may be otherwise a moment later is
  /// a lost datagram, and no error.
  int send(std::string_view datagram);
  /// The next datagram that has arrived.
  std::optional<std::string> receive();
  /// The last errno that the network told (ICMP), and forgets it; 0 when there was none.
  int trouble();

 private:
  bool is_peer(const void* address, std::size_t size) const;
  void take_errors();

  Descriptor socket_;
  std::string peer_;  // a sockaddr
  int trouble_ = 0;
};

}  // namespace havc::snmp
