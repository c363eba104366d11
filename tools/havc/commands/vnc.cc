// havc vnc: where a VM's screen is.

#include <fmt/format.h>

#include <ostream>

#include "base/text.h"
#include "havc/commands.h"
#include "havc/display.h"
#include "havc/output.h"
#include "havc/place.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {kOneVm, kOn};

constexpr ColumnDoc kColumns[] = {
    {"vm", "VM", "Its name"},
    {"node", "NODE", "Where it runs"},
    {"display", "DISPLAY",
     "What a VNC viewer takes; behind the tunnel, if QEMU listens for its node alone"},
    {"port", "PORT", "The same as a TCP port"},
    {"reachable", "REACHABLE", "Whether it is without the tunnel"},
    {"tunnel", "TUNNEL", "The command that makes the display one of this machine"},
};

std::string screen_of(const Reach& reach, const Place& place, Deadline deadline) {
  const auto result =
      reach.run()(place.host, {virsh({"vncdisplay", "--domain", place.domain})}, deadline);
  if (result.exit_code == 0) return result.output;
  throw Error(Fault::failed,
              fmt::format("{} on node {} has no VNC display: {}", text::quote(place.domain),
                          text::quote(place.host.name), result.words()),
              "add <graphics type='vnc'/> to its template, or use 'havc console'");
}

int vnc(Call& call) {
  const Reach reach(call);
  const Place place = place_of(call, reach, call.text("VM"));
  const std::string screen = screen_of(reach, place, call.deadline());
  const auto display = parse_display(screen);
  if (!display)
    throw Error(Fault::failed,
                fmt::format("virsh says {} for the display of {}",
                            text::quote(text::one_line(screen, 80)), text::quote(place.domain)));
  const std::string viewer = viewer_address(*display, place.host);
  const std::string tunnel = tunnel_line(*display, place.host);
  const bool reachable = place.host.here || !display->local();
  if (call.common().json) {
    print_rows(call, "havc.vnc/1",
               {{place.domain, place.host.name, viewer, std::int64_t{display->port()}, reachable,
                 tunnel.empty() ? Cell() : Cell(tunnel)}});
    return kDone;
  }
  if (reachable)
    call.out() << viewer << '\n';
  else
    call.out() << fmt::format("{}    once this runs: {}\n", viewer, tunnel);
  return kDone;
}

}  // namespace

const Command kVnc{
    .name = "vnc",
    .group = Group::reach,
    .summary = "Where a VM's screen is",
    .description =
        "Finds the node where the VM runs and prints what a VNC viewer takes: NODE:DISPLAY, or "
        "localhost:DISPLAY and the tunnel that makes it so, where QEMU listens for its node alone. "
        "VNC encrypts nothing: the tunnel does.",
    .options = kOptions,
    .columns = kColumns,
    .run = vnc,
};

}  // namespace havc::cli
