// Who we are to the management module: in the administrator's snmp.conf, which net-snmp reads
// itself, together with the protocol version, or in parameters, which override it one by one.
#pragma once

#include <string>

namespace havc::snmp {

struct Credentials {
  /// The folder that holds snmp.conf (see snmp.conf(5)); empty: there is none.
  std::string folder;
  std::string version{};        ///< "1", "2c" or "3"; empty: see identify()
  std::string community{};      ///< of SNMPv1 and 2c
  std::string user{};           ///< of SNMPv3, as the following are
  std::string auth_protocol{};  ///< MD5 or SHA
  std::string auth_password{};  ///< the module's login password
  std::string level{};          ///< noAuthNoPriv, authNoPriv or authPriv; empty: what the passwords allow
  std::string priv_protocol{};  ///< DES or AES
  std::string priv_password{};
};

/// The folder, if there is one, has a readable snmp.conf, and snmp.local.conf is readable or not
/// there; a mode that lets others read them is a warning, not a failure. Throws
/// Error(unusable_here, permission), and misconfigured for a colon in its path.
void check(const Credentials& credentials);

}  // namespace havc::snmp
