#include "havc/display.h"

#include <fmt/format.h>

#include "base/text.h"

namespace havc::cli {

namespace {

constexpr std::uint64_t kMostDisplays = 65535 - 5900;

/// IPv6 addresses need brackets before a port.
std::string bracketed(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

}  // namespace

bool Display::local() const {
  return address == "::1" || address == "localhost" || address.starts_with("127.");
}

std::optional<Display> parse_display(std::string_view text) {
  text = text::trim(text);
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  const auto number = text::number(text.substr(colon + 1), kMostDisplays);
  if (!number) return {};
  std::string address(text.substr(0, colon));
  if (address.starts_with("[") && address.ends_with("]"))
    address = address.substr(1, address.size() - 2);
  if (address == "0.0.0.0" || address == "::") address.clear();
  return Display{std::move(address), static_cast<int>(*number)};
}

std::string viewer_address(const Display& display, const remote::Host& host) {
  if (display.local() || (display.address.empty() && host.here))
    return fmt::format("localhost:{}", display.number);
  const std::string& address = display.address.empty() ? host.address : display.address;
  return fmt::format("{}:{}", bracketed(address), display.number);
}

std::string tunnel_line(const Display& display, const remote::Host& host) {
  if (host.here) return {};
  const std::string there = display.address.empty() ? "localhost" : bracketed(display.address);
  return fmt::format("ssh -N -L {0}:{1}:{0} {2}", display.port(), there, host.address);
}

}  // namespace havc::cli
