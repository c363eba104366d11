#include "snmp/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>

#include "base/error.h"
#include "base/handle.h"
#include "base/log.h"
#include "base/text.h"
#include "base/worker.h"

namespace havc::snmp {

namespace {

constexpr std::uint64_t kMostPort = 65535;

bool is_number(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  const std::string without_zone = host.substr(0, host.find('%'));
  return inet_pton(AF_INET, host.c_str(), ignored.data()) == 1 ||
         inet_pton(AF_INET6, without_zone.c_str(), ignored.data()) == 1;
}

/// Letters of names (with the underscore that some networks use) and numbers; nothing that net-snmp
/// could read as a transport's syntax.
bool is_host(std::string_view text) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  return !text.empty() && text.front() != '-' && text.find_first_not_of(kLetters) == text.npos;
}

std::optional<Address> with_port(std::string_view host, std::string_view port) {
  const auto number = text::number(port, kMostPort);
  if (!number || *number == 0) return {};
  return Address{std::string(host), static_cast<int>(*number)};
}

bool is_ipv6(std::string_view host) {
  return host.find(':') != host.npos && is_number(std::string(host));
}

using AddressList = Handle<addrinfo, freeaddrinfo>;

std::vector<Address> look_up(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(address.host.c_str(), nullptr, &hints, &found);
  if (failed != 0) {
    throw Error(
        Fault::unreachable,
        "cannot find the address of " + text::quote(address.host) + ": " + gai_strerror(failed),
        "correct the management module's address, or make it a numeric one");
  }
  const AddressList list(found);
  std::vector<Address> result;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    std::array<char, NI_MAXHOST> number{};
    if (getnameinfo(entry->ai_addr, entry->ai_addrlen, number.data(), number.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      result.push_back({number.data(), address.port});
    }
  }
  return result;
}

std::vector<Address> look_up_in_time(const Address& address, Deadline deadline) {
  Worker worker("the resolver");  // one a name: a thread that hangs takes no more work
  try {
    return worker.run([address] { return look_up(address); }, deadline);
  } catch (const Error& error) {
    if (error.fault() != Fault::timed_out) throw;
    throw Error(Fault::timed_out,
                "timed out: no name server told the address of " + text::quote(address.host),
                "use a numeric address, or put the name into /etc/hosts");
  }
}

}  // namespace

std::string Address::text() const {
  if (port == kPort) return host;
  const bool brackets = host.find(':') != host.npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<Address> parse_address(std::string_view text) {
  text = text::trim(text);
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos || !is_ipv6(text.substr(1, end - 1))) return {};
    const auto host = text.substr(1, end - 1);
    const auto rest = text.substr(end + 1);
    if (rest.empty()) return Address{std::string(host)};
    return rest.front() == ':' ? with_port(host, rest.substr(1)) : std::nullopt;
  }
  if (is_ipv6(text)) return Address{std::string(text)};
  const auto colon = text.find(':');
  if (!is_host(text.substr(0, colon))) return {};
  if (colon == text.npos) return Address{std::string(text)};
  return with_port(text.substr(0, colon), text.substr(colon + 1));
}

std::optional<std::vector<Address>> parse_addresses(std::string_view text) {
  std::vector<Address> result;
  for (const auto& part : text::split(text, ",")) {
    auto address = parse_address(part);
    if (!address) return {};
    result.push_back(std::move(*address));
  }
  if (result.empty()) return {};
  return result;
}

std::vector<Address> resolve(const std::vector<Address>& addresses, Deadline deadline) {
  std::vector<Address> result;
  std::optional<Error> trouble;
  auto left = static_cast<int>(addresses.size());
  for (const auto& address : addresses) {
    // A share of the time each, and one for what the addresses are wanted for.
    const Deadline share = deadline.capped(deadline.remaining() / (1 + left--));
    if (is_number(address.host)) {
      result.push_back(address);
      continue;
    }
    try {
      for (auto& found : look_up_in_time(address, share)) result.push_back(std::move(found));
    } catch (const Error& error) {
      log::warn(error.what());
      trouble = error;
    }
  }
  if (result.empty() && trouble) throw Error(*trouble);
  return result;
}

}  // namespace havc::snmp
