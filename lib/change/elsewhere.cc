#include "change/elsewhere.h"

#include <fmt/format.h>

#include "base/text.h"

namespace havc::change {

std::string Elsewhere::reason() const {
  if (!nodes.empty())
    return fmt::format("still runs on {}, where Pacemaker does not know of it",
                       text::join(nodes, ", "));
  return fmt::format("may still run: libvirt on {} does not say", text::join(silent, ", "));
}

std::string Elsewhere::remedy() const {
  if (nodes.empty())
    return fmt::format("correct libvirt on {}, then call this again", silent.front());
  const std::string by_hand = fmt::format("virsh shutdown {}, on {}", id, nodes.front());
  if (!known) return fmt::format("end it there ({}), then call this again", by_hand);
  return fmt::format(
      "end it there ({}), or let Pacemaker find it and stop it (crm_resource --refresh --resource "
      "{} --node {}); then call this again",
      by_hand, id, nodes.front());
}

std::vector<Elsewhere> still_running(const std::set<std::string>& ids,
                                     const std::vector<node::NodeReport>& reports,
                                     const cluster::Status& status) {
  std::vector<Elsewhere> found;
  for (const auto& id : ids) {
    Elsewhere guest{.id = id, .known = status.resource(id) != nullptr};
    for (const auto& each : reports) {
      if (each.report && each.report->libvirt.known()) {
        const node::Domain* domain = each.report->libvirt->domain(id);
        if (domain != nullptr && domain::active(domain->seen.state))
          guest.nodes.push_back(each.host.name);
        continue;
      }
      const cluster::Node* node = status.node(each.host.name);
      const bool off = node != nullptr && !node->online && !node->unclean && !each.report;
      if (!off) guest.silent.push_back(each.host.name);
    }
    if (!guest.nodes.empty() || !guest.silent.empty()) found.push_back(std::move(guest));
  }
  return found;
}

}  // namespace havc::change
