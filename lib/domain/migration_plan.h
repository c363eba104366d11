// Where a live migration goes, from the parameters: pure text. The rules are HAVC-II's, but the
// port is libvirt's choice unless one is given.
#pragma once

#include <string>

#include "domain/migration.h"
#include "options/value.h"

namespace havc::domain {

struct MigrationRoute {
  std::string target;            ///< the other node's name
  std::string transport = {};    ///< tcp, tls, ssh, …; empty: libvirt's own default, which is tls
  std::string user = {};         ///< at the target's libvirt
  std::string suffix = {};       ///< of host names on the migration network
  int port = 0;                  ///< for the memory; 0: libvirt on the target allocates one
  std::string remote_uri = {};   ///< the whole destination; replaces transport and user
  std::string migrate_uri = {};  ///< where the memory goes; replaces suffix and port
};

/// destination: remote_uri, else qemu[+TRANSPORT]://[USER@]TARGET/system. Memory goes to migrate_uri, else with a suffix
/// or a port to tcp:HOST[:PORT], in which HOST is the target with the suffix before its first dot (node2.example.org and
/// -mig: node2-mig.example.org), else where libvirt chooses. In both URIs %n stands for the plain name of the target,
/// without user and suffix. The suffix is never part of the connection. Throws Error(failed) for a target, transport, user
/// or suffix with characters that do not belong into a URI.
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
