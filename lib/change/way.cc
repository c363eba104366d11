#include "change/way.h"

#include <algorithm>

namespace havc::change {

using cluster::Configuration;
using cluster::Deed;

Way way_of(const Configuration& before, const Configuration& after, const std::string& id,
           const std::string& from, const std::string& to) {
  bool started = false;
  bool arrived = false;
  for (const Deed& each : after.deeds) {
    const bool old =
        std::find(before.deeds.begin(), before.deeds.end(), each) != before.deeds.end();
    if (old || !each.done || each.resource != id) continue;
    started = started || each.operation == "start";
    arrived = arrived || (each.operation == "migrate_from" && each.node == to && each.from == from);
  }
  // Both: it failed after it had come, or an agent that was told new parameters by "reload", which
  // Pacemaker writes down as a start.
  if (started == arrived) return Way::unknown;
  return arrived ? Way::live : Way::restarted;
}

std::string_view words_of(Way way) {
  switch (way) {
    case Way::live:
      return "live";
    case Way::restarted:
      return "stopped and started";
    case Way::unknown:
      break;
  }
  return "";
}

}  // namespace havc::change
