#include "havc/display.h"

#include "support/catch.h"

using namespace havc::cli;
using havc::remote::Host;

static const Host kThere{"n1", "192.168.2.11", false};
static const Host kHere{"n1", "192.168.2.11", true};

TEST_CASE("a display is told as a viewer takes it, with the tunnel that reaches it", "[vnc]") {
  const auto [said, viewer, tunnel] = GENERATE(table<std::string, std::string, std::string>({
      {"127.0.0.1:0\n\n", "localhost:0", "ssh -N -L 5900:127.0.0.1:5900 192.168.2.11"},
      {"[::1]:3\n", "localhost:3", "ssh -N -L 5903:[::1]:5903 192.168.2.11"},
      {":12\n", "192.168.2.11:12", "ssh -N -L 5912:localhost:5912 192.168.2.11"},
      {"0.0.0.0:1", "192.168.2.11:1", "ssh -N -L 5901:localhost:5901 192.168.2.11"},
      {":::1", "192.168.2.11:1", "ssh -N -L 5901:localhost:5901 192.168.2.11"},
      {"10.0.0.1:1", "10.0.0.1:1", "ssh -N -L 5901:10.0.0.1:5901 192.168.2.11"},
      {"2001:db8::1:1", "[2001:db8::1]:1", "ssh -N -L 5901:[2001:db8::1]:5901 192.168.2.11"},
  }));
  const auto display = parse_display(said);
  REQUIRE(display);
  CHECK(viewer_address(*display, kThere) == viewer);
  CHECK(tunnel_line(*display, kThere) == tunnel);
}

TEST_CASE("on the node itself there is no tunnel", "[vnc]") {
  for (const auto* said : {"127.0.0.1:0", ":0"}) {
    CHECK(viewer_address(*parse_display(said), kHere) == "localhost:0");
    CHECK(tunnel_line(*parse_display(said), kHere).empty());
  }
}

TEST_CASE("what is no display is none", "[vnc]") {
  const auto said = GENERATE("", "\n", "127.0.0.1", ":", ":x", ":-1", ":99999999");
  CHECK_FALSE(parse_display(said));
}
