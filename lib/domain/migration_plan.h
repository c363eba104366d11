// Where a live migration goes, from the parameters: pure text. The rules are HAVC-II's, but the
// port is libvirt's choice.
#pragma once

#include <string>

#include "domain/hypervisor.h"
#include "options/value.h"

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

namespace havc::options {

template <>
struct Text<domain::MigrationMode> : SelectText<domain::MigrationMode, 3> {
  static constexpr Words kWords{"managed", "p2p", "tunnelled"};
  static constexpr std::string_view kExpected = "a way to migrate";
  static std::optional<domain::MigrationMode> parse(std::string_view text) { return find(kWords, text); }
};

}  // namespace havc::options
