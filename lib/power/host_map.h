// The administrator's map of hosts to bays, and what names of bays mean beside it. Pure. Which bays
// a plug stands for: lookup.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "power/bay.h"

namespace havc::power {

/// A bay as an administrator writes it: "3", or "2/3" for the third bay of the second chassis.
struct Place {
  int chassis = 0;  ///< counted from 1; 0: not said
  int number = 0;

  /// It is that bay. Without a chassis only where there is one.
  bool is(const Bay& bay) const { return number == bay.number && in(bay.chassis); }
  /// It is in that chassis, counted as in Bay.
  bool in(int bays_chassis) const {
    return chassis == bays_chassis || (chassis == 1 && bays_chassis == 0);
  }
  std::string text() const;
  friend bool operator<(const Place& left, const Place& right) {
    return std::tie(left.chassis, left.number) < std::tie(right.chassis, right.number);
  }
  friend bool operator==(const Place&, const Place&) = default;
};
std::optional<Place> parse_place(std::string_view text);

struct HostMap {
  struct Entry {
    std::string host;
    std::vector<Place> bays;
  };
  std::vector<Entry> entries;

  /// The entry of `host`, by exactly this name rather than by same_host(); null when there is none.
  /// Throws Error(misconfigured) when same_host() is true of several.
  const Entry* of_host(std::string_view host) const;
  /// The entry that has this bay.
  const Entry* of_bay(const Bay& bay) const;
};

/// "node1:3;node2:4,5", with several chassis "node1:1/3;node2:2/4,2/5". Nothing when it is not of
/// this form, a host comes twice, or a bay belongs to two.
std::optional<HostMap> parse_host_map(std::string_view text);

/// Throws Error(misconfigured) for a bay of the map that none of `count` chassis can have, that does
/// not say which of several chassis it is in, or that is given twice, as 3 and as 1/3.
void check(const HostMap& map, int count);

/// A bay's name as a host: up to the first "(", trimmed, blanks inside (and what separates list
/// entries) as "_", as HAVC-II printed it. Empty for a bay without a name.
std::string label(const Bay& bay);

/// Without regard to case, a name with a domain equals the bare name, but not the same name in
/// another domain.
bool same_host(std::string_view left, std::string_view right);

/// The host that `bay` is: the map's, else its label, which may be empty.
std::string host_of(const Bay& bay, const HostMap& map);

/// Every host by its name: those of the map that have a bay here, then labels of the other bays
/// with a blade, each once.
std::vector<std::string> hosts(const std::vector<Bay>& all, const HostMap& map);

}  // namespace havc::power
