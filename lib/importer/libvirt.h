// Domains of libvirt, as 'virsh dumpxml --inactive --security-info' gives them.
#pragma once

#include "importer/draft.h"

namespace havc::importer {

struct LibvirtDomain {
  std::string node = {};  ///< where it is
  std::string xml = {};
  bool running = false;  ///< or paused
  bool persistent = true;
  bool autostart = false;
  bool managed_save = false;
  bool snapshots = false;
};

/// What the XML does not say; for one domain alone.
struct Wishes {
  std::optional<inventory::VmName> name = {};
  std::optional<inventory::HostName> host = {};
  std::optional<inventory::Address> address = {};
  std::optional<inventory::ZoneName> zone = {};
  bool local = false;  ///< on its node alone, not in the cluster
};

/// The address follows from a MAC address of ours, the zone from the address or the bridge. A
/// domain that is not called NAME_zone gets another name, which it can only while it does not run:
/// throws Error(misconfigured) for one that does; and for whatever is missing, with the option that
/// gives it.
Draft draft_of(const LibvirtDomain& domain, const Wishes& wishes, const inventory::Cluster& cluster,
               Notes& notes);

}  // namespace havc::importer
