// Who we are to the management module. The programs never see a password: net-snmp reads it from
// the administrator's snmp.conf itself, together with the protocol version.
#pragma once

#include <string>

namespace havc::snmp {

struct Credentials {
  /// The folder that holds snmp.conf (see snmp.conf(5)).
  std::string folder;
};

/// The folder has a readable snmp.conf; a mode that lets others read it is a warning, not a
/// failure. Throws Error(unusable_here, permission), and misconfigured for a colon in its path.
void check(const Credentials& credentials);

}  // namespace havc::snmp
