// Which bays a host is: by the administrator's map, or else by the names that the bays carry. Pure;
// when two readings are possible it refuses, because the wrong one cuts off an innocent host and
// reports the guilty one dead.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "power/bay.h"

namespace havc::power {

struct HostMap {
  struct Entry {
    std::string host;
    std::vector<int> bays;
  };
  std::vector<Entry> entries;
};

/// "node1:3;node2:4,5". Nothing when it is not of this form, a host comes twice, or a bay belongs
/// to two.
std::optional<HostMap> parse_host_map(std::string_view text);

/// A bay's name as a host: up to the first "(", trimmed, blanks inside (and what separates list
/// entries) as "_", as HAVC-II printed it. Empty for a bay without a name.
std::string label(const Bay& bay);

/// Without regard to case, a name with a domain equals the bare name, but not the same name in
/// another domain.
bool same_host(std::string_view left, std::string_view right);

/// The bays of `host`, in the order of their numbers; never empty. A host of the map has exactly
/// its bays; otherwise every bay whose label, or name as it stands, is that host: several side by
/// side are one wide blade. Throws Error(misconfigured) when no bay is that host's, one of them is
/// empty, or more than one reading is possible: as when a blade carries the name of a host of the
/// map in a bay that the map gives to nobody.
std::vector<Bay> bays_of(std::string_view host, const std::vector<Bay>& all, const HostMap& map);

/// The host that `bay` is: the map's, else its label, which may be empty.
std::string host_of(const Bay& bay, const HostMap& map);

/// Every host that bays_of() could be asked for: those of the map that have a bay here, then labels
/// of the other bays with a blade, each once.
std::vector<std::string> hosts(const std::vector<Bay>& all, const HostMap& map);

}  // namespace havc::power
