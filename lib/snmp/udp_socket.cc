#include "snmp/udp_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/handle.h"
#include "base/text.h"

namespace havc::snmp {

namespace {

using AddressList = Handle<addrinfo, freeaddrinfo>;

std::string socket_address(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int failed = getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
  if (failed != 0) {
    throw Error(Fault::misconfigured,
                text::quote(address.text()) + " is no address: " + gai_strerror(failed),
                "correct the management module's address");
  }
  const AddressList list(found);
  return {reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen};
}

/// What the network says of an earlier datagram, or what will be different in a moment.
bool is_passing(int error) {
  switch (error) {
    case EAGAIN:
    case ENOBUFS:
    case ENOMEM:
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case EHOSTDOWN:
      return true;
    default:
      return false;
  }
}

}  // namespace

UdpSocket::UdpSocket(const Address& address) : peer_(socket_address(address)) {
  const int family = reinterpret_cast<const sockaddr*>(peer_.data())->sa_family;
  socket_ = Descriptor(socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) {
    throw Error(
        Fault::unusable_here,
        "cannot open a socket to " + text::quote(address.text()) + ": " + system_words(errno),
        family == AF_INET6 ? "enable IPv6 on this node, or use an IPv4 address"
                           : "check this node's network");
  }
  // The network's errors, which say why a peer is silent; without them silence says it as well.
  const int on = 1;
  if (family == AF_INET6) {
    setsockopt(number(), IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
  } else {
    setsockopt(number(), IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  }
}

int UdpSocket::send(std::string_view datagram) {
  constexpr int kTries = 3;  // each may only tell of an earlier datagram
  for (int i = 0; i < kTries; ++i) {
    take_errors();
    const auto* to = reinterpret_cast<const sockaddr*>(peer_.data());
    if (sendto(number(), datagram.data(), datagram.size(), MSG_NOSIGNAL, to,
               static_cast<socklen_t>(peer_.size())) >= 0) {
      return 0;
    }
    const int error = errno;
    if (!is_passing(error)) return error;
    trouble_ = error;
  }
  return 0;
}

std::optional<std::string> UdpSocket::receive() {
  constexpr int kMostStrangers = 64;  // a flood of them must not keep us
  std::array<char, 65536> bytes;
  for (int i = 0; i < kMostStrangers; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const ssize_t length = recvfrom(number(), bytes.data(), bytes.size(), MSG_DONTWAIT,
                                    reinterpret_cast<sockaddr*>(&from), &size);
    if (length < 0) {
      const int error = errno;
      take_errors();
      if (error == EAGAIN) return {};
      if (error != EINTR) trouble_ = error;
      continue;
    }
    if (is_peer(&from, size)) return std::string(bytes.data(), static_cast<std::size_t>(length));
  }
  return {};
}

int UdpSocket::trouble() {
  take_errors();
  return std::exchange(trouble_, 0);
}

bool UdpSocket::is_peer(const void* address, std::size_t size) const {
  const auto* peer = reinterpret_cast<const sockaddr*>(peer_.data());
  const auto* from = static_cast<const sockaddr*>(address);
  if (size < sizeof from->sa_family || from->sa_family != peer->sa_family) return false;
  if (peer->sa_family == AF_INET6) {
    const auto* one = reinterpret_cast<const sockaddr_in6*>(peer);
    const auto* other = reinterpret_cast<const sockaddr_in6*>(from);
    return one->sin6_port == other->sin6_port &&
           std::memcmp(&one->sin6_addr, &other->sin6_addr, sizeof one->sin6_addr) == 0;
  }
  const auto* one = reinterpret_cast<const sockaddr_in*>(peer);
  const auto* other = reinterpret_cast<const sockaddr_in*>(from);
  return one->sin_port == other->sin_port && one->sin_addr.s_addr == other->sin_addr.s_addr;
}

/// Empties the queue of errors: the socket would be reported as ready until then.
void UdpSocket::take_errors() {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(number(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0) {
    trouble_ = error;
  }
  constexpr int kMostErrors = 64;
  std::array<char, 512> bytes{};
  for (int i = 0; i < kMostErrors; ++i) {
    if (recv(number(), bytes.data(), bytes.size(), MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
  }
}

}  // namespace havc::snmp
