// What Pacemaker and libvirt say of one virtual machine, side by side. For this module alone.
#pragma once

#include <string>
#include <vector>

#include "cluster/overview.h"
#include "cluster/state.h"

namespace havc::cluster {

struct Evidence {
  const Resource* resource = nullptr;       ///< nullptr: Pacemaker knows none of that id
  bool configured = false;                  ///< and has it in its configuration
  std::vector<std::string> pacemaker = {};  ///< nodes that it is active on, as Pacemaker says
  std::vector<std::string> libvirt = {};    ///< nodes where libvirt has an active domain
  std::vector<std::string> denied = {};     ///< of Pacemaker's, where libvirt says that it has none
  std::vector<std::string> silent = {};     ///< nodes that were asked and did not answer
  /// Where it may run: libvirt's, and of Pacemaker's those that libvirt does not deny.
  std::vector<std::string> anywhere = {};

  bool going = false;          ///< a migration goes on, or may be what is seen
  bool going_unknown = false;  ///< Pacemaker has no part in it
  std::string from = {};
  std::string to = {};

  Evidence(const Overview& overview, const Known& known);

 private:
  void take_resource(const Overview& overview, const std::string& id);
  void take_sightings(const Known& known);
  void take_migration(const Overview& overview, const Known& known);
};

/// "n1, n2"
std::string list(const std::vector<std::string>& names);
bool contains(const std::vector<std::string>& names, const std::string& name);

}  // namespace havc::cluster
