// Where a live migration goes, from the parameters: pure text. The rules are HAVC-II's, but the
// port is libvirt's choice.
#pragma once

#include <string>

#include "domain/hypervisor.h"

namespace havc::domain {

struct MigrationRoute {
  std::string target;          ///< the other node's name
  std::string transport = {};  ///< tcp, tls, ssh, …; empty: libvirt's own default, which is tls
  std::string user = {};       ///< at the target's libvirt
  std::string suffix = {};     ///< of host names on the migration network
};

/// destination: qemu[+TRANSPORT]://[USER@]TARGET/system. With a suffix, memory goes to tcp:HOST,
/// which is the target with the suffix before its first dot (node2.example.org and -mig:
/// node2-mig.example.org); without one, libvirt chooses. The suffix is never part of the
/// connection. Throws Error(failed) for a target, transport, user or suffix with characters
/// that do not belong into a URI.
MigrationPlan plan_migration(const MigrationRoute& route);

}  // namespace havc::domain
