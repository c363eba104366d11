// Which bays a plug stands for: a host of the map, a name that bays carry, a bay's number, a UUID
// or a serial number. Pure; when two readings are possible it refuses, because the wrong one cuts
// off an innocent host and reports the guilty one dead.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "power/bay.h"
#include "power/host_map.h"

namespace havc::power {

/// Blades that work as one system.
struct System {
  int chassis = 0;             ///< as in Bay
  std::vector<int> bays;       ///< in order; at least one
  std::vector<int> drawers{};  ///< bays that belong to it and hold memory alone
  /// The module says that they are one partition. Else they are only joined, and may be several
  /// systems nevertheless.
  bool one_image = false;
  std::string words;  ///< "partition 1 of complex 1"
};

/// What is known of the chassis when a plug is looked up.
struct Survey {
  Survey() = default;
  /// One chassis, and nothing but its bays.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Survey(std::vector<Bay> all) : bays(std::move(all)) {}

  std::vector<Bay> bays;  ///< of every chassis that answered, empty bays too
  std::vector<System> systems;
  int count = 1;  ///< chassis that there are
  struct Silent {
    int chassis;
    Error trouble;
  };
  std::vector<Silent> silent;  ///< those that did not answer
  /// Those that have joined blades, but did not say which.
  std::vector<Silent> joined_unknown{};
  std::vector<std::string> notes;  ///< what could not be read, and does not stop an action
};

enum class Missing {
  refused,   ///< an empty bay is doubt: the module may have lost a blade that runs
  accepted,  ///< the administrator says that it is not
};

/// The bays of `plug`, in order; never empty. It is read in every way that is possible: as a host
/// of the map, else as a label or name (exactly, else but for its domain); as a number ("3",
/// "2/3"); as a UUID in either order of bytes; as a serial number; and, when none of them fits, as
/// several plugs between commas. A host of the map has exactly its bays. Several bays with one name
/// have to be one system, or lie side by side and be one blade by the width of the first, their UUID
/// or their serial number. Bays that a wide blade fills behind its first are part of it when they
/// read as empty, and cannot be switched without it. Throws Error(misconfigured) when two readings differ, no bay
/// fits, or one of them is empty; what a silent chassis' trouble is when only that could have it.
std::vector<Bay> bays_of(std::string_view plug, const Survey& survey, const HostMap& map,
                         Missing missing = Missing::refused);

/// The bays that `plug` names without a look at any chassis: a host of the map, a number, or several
/// of these between commas. None when any of it has to be looked up.
std::vector<Place> known_places(std::string_view plug, const HostMap& map);

/// Bays side by side have the same name: their widths tell whether that is a contradiction.
bool has_neighbours_alike(const Survey& survey);

/// Names that several blades carry, and what of the map the chassis contradict: one text each, for
/// administrators. Empty when all is well.
std::vector<std::string> contradictions(const Survey& survey, const HostMap& map);

}  // namespace havc::power
