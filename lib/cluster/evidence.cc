#include "cluster/evidence.h"

#include <algorithm>

#include "base/text.h"

namespace havc::cluster {

namespace {

void add(std::vector<std::string>& names, const std::string& name) {
  if (!contains(names, name)) names.push_back(name);
}

}  // namespace

Evidence::Evidence(const Overview& overview, const Known& known) {
  take_resource(overview, known.id);
  take_sightings(known);
  take_migration(overview, known);
}

void Evidence::take_resource(const Overview& overview, const std::string& id) {
  resource = overview.resource(id);
  configured = (resource != nullptr && !resource->orphaned) || overview.vm(id) != nullptr;
  if (resource == nullptr || !resource->active) return;
  for (const auto& each : resource->nodes) add(pacemaker, each);
}

void Evidence::take_sightings(const Known& known) {
  for (const auto& each : known.sightings) {
    if (each.answer == Sighting::Answer::none) {
      add(silent, each.node);
    } else if (each.holds_guest()) {
      add(libvirt, each.node);
    } else if (contains(pacemaker, each.node)) {
      add(denied, each.node);
    }
  }
  anywhere = libvirt;
  for (const auto& each : pacemaker) {
    if (!contains(denied, each)) add(anywhere, each);
  }
  std::sort(anywhere.begin(), anywhere.end());
}

/// Two nodes are no wonder while a migration goes on between them: libvirt has a domain on both,
/// and until the source was stopped Pacemaker says that it is active on both.
void Evidence::take_migration(const Overview& overview, const Known& known) {
  const bool sound = resource == nullptr || !resource->failed;
  const Migration* migration = sound ? overview.migration(known.id) : nullptr;
  if (migration != nullptr && (pacemaker.size() > 1 || resource->pending == Pending::migrate)) {
    going = true;
    from = migration->from;
    to = migration->to;
    return;
  }
  going = sound && resource != nullptr && resource->pending == Pending::migrate;
  const bool moves =
      std::any_of(known.sightings.begin(), known.sightings.end(), [](const Sighting& each) {
        return each.holds_guest() && each.domain.reason == domain::Reason::migrating;
      });
  going_unknown = !going && moves && anywhere.size() == 2;
  going |= going_unknown;
  if (!going || pacemaker.size() != 1) return;
  from = pacemaker.front();
  const auto other = std::find_if(libvirt.begin(), libvirt.end(),
                                  [&](const std::string& each) { return each != from; });
  if (other != libvirt.end()) to = *other;
}

std::string list(const std::vector<std::string>& names) {
  return text::join(names, ", ");
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace havc::cluster
