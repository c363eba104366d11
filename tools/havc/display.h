// Where a VM's screen is, in words that a VNC viewer takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "remote/run.h"

namespace havc::cli {

/// What `virsh vncdisplay` has printed: "127.0.0.1:0", ":0", "[::]:0".
struct Display {
  std::string address = {};  ///< that QEMU listens on; empty: all of the node
  int number = 0;

  int port() const { return 5900 + number; }  ///< RFC 6143, 4
  /// Nobody but the node itself reaches it.
  bool local() const;
};

/// Nothing for other text.
std::optional<Display> parse_display(std::string_view text);

/// "192.168.2.11:0": what a viewer takes. Of a display that is local, what it is behind the tunnel.
std::string viewer_address(const Display& display, const remote::Host& host);

/// The line that makes the display one of this machine; empty on the node itself.
std::string tunnel_line(const Display& display, const remote::Host& host);

}  // namespace havc::cli
