// Where on this host the traces of a domain are looked for. Values, so that tests use folders of
// their own.
#pragma once

#include <string>
#include <string_view>

namespace havc::domain {

struct Places {
  /// Folder of libvirt's own run state, one NAME.xml for each active domain; empty: there is none
  /// to trust.
  std::string run_state = "/run/libvirt/qemu";
  std::string proc = "/proc";
  /// Folder of notes, locks and the times of warnings; emptied at boot (HA_RSCTMP).
  std::string notes = "/run/resource-agents";
  /// The hypervisor's guests are QEMU processes of this host: their absence from /proc proves
  /// something.
  bool processes = true;
  /// Where this host's configuration lies.
  std::string etc = "/etc";
};

/// The places that belong to a connection URI. Only qemu:///system keeps its run state in a known
/// folder; guests of a URI with a host name, or of another driver, are no processes here.
Places places_for(std::string_view uri, std::string notes);

}  // namespace havc::domain
