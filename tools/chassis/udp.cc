#include "chassis/udp.h"

#include "base/error.h"
#include "base/handle.h"
#include "base/text.h"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace havc::chassis {
namespace {

const sockaddr* generic(const Endpoint& endpoint) {
  return reinterpret_cast<const sockaddr*>(endpoint.bytes.data());
}

socklen_t size(const Endpoint& endpoint) {
  return static_cast<socklen_t>(endpoint.bytes.size());
}

Endpoint endpoint_of(const sockaddr_storage& address, socklen_t length) {
  return {std::string(reinterpret_cast<const char*>(&address), length)};
}

Descriptor new_socket(const Endpoint& endpoint) {
  Descriptor made(
      socket(generic(endpoint)->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made) throw Error(Fault::unusable_here, "no socket: " + system_words(errno));
  return made;
}

}  // namespace

Endpoint endpoint(std::string_view text) {
  std::string_view rest = text;
  for (const std::string_view transport : {"udp:", "udp6:"}) {
    if (text.starts_with(transport)) rest = text.substr(transport.size());
  }
  const auto colon = rest.rfind(':');
  std::string_view host = rest.substr(0, colon);
  const auto port =
      text::number(colon == std::string_view::npos ? "" : rest.substr(colon + 1), 65535);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const int failure =
      !port || host.empty()
          ? EAI_NONAME
          : getaddrinfo(std::string(host).c_str(), std::to_string(*port).c_str(), &wanted, &found);
  if (failure != 0) {
    throw Error(Fault::misconfigured,
                fmt::format("{} is no address: {}", text::quote(text), gai_strerror(failure)),
                "write udp:127.0.0.1:1161 or udp6:[::1]:1161");
  }
  Endpoint result{std::string(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen)};
  freeaddrinfo(found);
  return result;
}

std::string text_of(const Endpoint& endpoint) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (getnameinfo(generic(endpoint), size(endpoint), host.data(), host.size(), port.data(),
                  port.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "?";
  }
  const bool six = generic(endpoint)->sa_family == AF_INET6;
  return fmt::format(fmt::runtime(six ? "udp6:[{}]:{}" : "udp:{}:{}"), host.data(), port.data());
}

Endpoint with_port(Endpoint endpoint, int port) {
  // It lies at the same place in both families.
  auto* address = reinterpret_cast<sockaddr_in*>(endpoint.bytes.data());
  address->sin_port = htons(static_cast<std::uint16_t>(port));
  return endpoint;
}

Descriptor bound_to(const Endpoint& own) {
  Descriptor made = new_socket(own);
  if (bind(made.number(), generic(own), size(own)) != 0) {
    throw Error(Fault::unusable_here,
                fmt::format("cannot listen on {}: {}", text_of(own), system_words(errno)),
                "give a free address of this machine, as in udp:127.0.0.1:0");
  }
  return made;
}

Descriptor connected_to(const Endpoint& other) {
  Descriptor made = new_socket(other);
  if (connect(made.number(), generic(other), size(other)) != 0) {
    throw Error(Fault::unusable_here,
                fmt::format("cannot speak with {}: {}", text_of(other), system_words(errno)),
                "give the address of a simulator");
  }
  return made;
}

Endpoint own_endpoint(const Descriptor& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throw Error(Fault::failed, "getsockname: " + system_words(errno));
  return endpoint_of(address, length);
}

// An ICMP message about something sent earlier is no packet; the next may be there behind it.
bool receive(const Descriptor& socket, std::string& data, Endpoint& from) {
  std::array<char, 65536> buffer{};
  while (true) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    const ssize_t size = recvfrom(socket.number(), buffer.data(), buffer.size(), 0,
                                  reinterpret_cast<sockaddr*>(&address), &length);
    if (size < 0 && (errno == EINTR || errno == ECONNREFUSED)) continue;
    if (size < 0) return false;
    data.assign(buffer.data(), static_cast<std::size_t>(size));
    from = endpoint_of(address, length);
    return true;
  }
}

void send_to(const Descriptor& socket, const std::string& data, const Endpoint& to) {
  static_cast<void>(sendto(socket.number(), data.data(), data.size(), 0, generic(to), size(to)));
}

void send_on(const Descriptor& connected, const std::string& data) {
  static_cast<void>(send(connected.number(), data.data(), data.size(), 0));
}

}  // namespace havc::chassis
