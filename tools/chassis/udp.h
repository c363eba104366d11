// Addresses and sockets of UDP, as the proxy needs them.
#pragma once

#include "base/descriptor.h"

#include <string>
#include <string_view>

namespace havc::chassis {

/// An address in the kernel's form, which compares as text.
struct Endpoint {
  std::string bytes;
  bool operator==(const Endpoint&) const = default;
  auto operator<=>(const Endpoint&) const = default;
};

/// udp:HOST:PORT, udp6:[HOST]:PORT, or either without the transport. Names are looked up. Throws
/// Error(misconfigured, unusable_here).
Endpoint endpoint(std::string_view text);
/// The same in words, as udp:127.0.0.1:1161.
std::string text_of(const Endpoint& endpoint);
/// The same host with another port.
Endpoint with_port(Endpoint endpoint, int port);

/// A socket that does not block, bound to `own`. Throws Error(unusable_here).
Descriptor bound_to(const Endpoint& own);
/// One that speaks with `other` alone. Throws Error(unusable_here).
Descriptor connected_to(const Endpoint& other);
/// Where it is bound.
Endpoint own_endpoint(const Descriptor& socket);

/// False when nothing is there.
bool receive(const Descriptor& socket, std::string& data, Endpoint& from);
/// What cannot be sent is lost, as packets are.
void send_to(const Descriptor& socket, const std::string& data, const Endpoint& to);
void send_on(const Descriptor& connected, const std::string& data);

}  // namespace havc::chassis
