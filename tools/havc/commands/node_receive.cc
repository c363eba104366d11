// havc node receive: puts files that came from another node's havc where they belong.

#include "base/input.h"
#include "base/watchdog.h"
#include "havc/call.h"
#include "havc/commands.h"
#include "node/receive.h"

#include <unistd.h>

#include <algorithm>
#include <ostream>

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {
    {"--root", "DIR", "Put this before every path", Takes::one},
};

int node_receive(Call& call) {
  constexpr std::size_t kMostParcel = std::size_t{64} << 20U;
  const Watchdog watchdog(call.deadline(), "havc: the file system of this node does not answer\n",
                          kFailed, Watchdog::By::thread);
  const std::string text = read_input(STDIN_FILENO, kMostParcel, call.deadline());
  const auto parcel = node::parse_parcel(text, "the parcel on standard input");
  const auto receipts = node::receive(parcel, {.root = call.text("--root")}, call.deadline());
  call.out() << node::to_json(receipts) << '\n';
  const bool failed = std::any_of(receipts.begin(), receipts.end(), [](const auto& receipt) {
    return receipt.outcome == node::Outcome::failed;
  });
  return failed ? kFailed : kDone;
}

}  // namespace

const Command kNodeReceive{
    .name = "node receive",
    .group = Group::node,
    .summary = "Take files for this node",
    .description =
        "For havc on other nodes: reads files as JSON from standard input, puts them below "
        "/etc/havc/libvirt and /var/lib/havc/inventory, all or none, and says in JSON what came of "
        "each. Exit code 1 when one could not be put there.",
    .options = kOptions,
    .run = node_receive,
    .hidden = true,
};

}  // namespace havc::cli
