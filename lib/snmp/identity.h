// Who we are to a management module, once parameters and snmp.conf are put together, and by which
// words the administrator knows each part of it. Knows nothing of net-snmp.
#pragma once

#include <array>
#include <string>

#include "snmp/credentials.h"

namespace havc::snmp {

enum class Version { v1, v2c, v3 };
enum class Level { no_auth = 1, auth = 2, auth_priv = 3 };

/// What an administrator can set, in the order of the table in identity.cc.
enum class Item {
  version,
  community,
  user,
  auth_protocol,
  auth_password,
  level,
  priv_protocol,
  priv_password,
};
inline constexpr int kItemCount = 8;

/// What snmp.conf says, as far as it says anything.
struct Configured {
  std::array<std::string, kItemCount> texts{};  ///< by Item, in the words of parameters
  std::string context{};                        ///< defContext
  bool auth_key = false;                        ///< a key in place of the password
  bool priv_key = false;

  std::string& operator[](Item item) { return texts[static_cast<std::size_t>(item)]; }
  const std::string& operator[](Item item) const { return texts[static_cast<std::size_t>(item)]; }
};

struct Identity {
  Version version = Version::v3;
  std::string community{};
  std::string user{};
  std::string context{};
  Level level = Level::no_auth;
  std::string auth_protocol{};
  std::string auth_password{};  ///< empty: snmp.conf has a key, or it is not needed
  std::string priv_protocol{};
  std::string priv_password{};
  std::array<bool, kItemCount> by_parameter{};  ///< it came from there, or there is no snmp.conf

  /// What the administrator must change to change it: "'password'", "defAuthPassphrase in
  /// snmp.conf".
  std::string word(Item item) const;
  std::string words(Item first, Item second) const;
};

/// A parameter that is set wins over snmp.conf's word for the same thing. Without the parameter of
/// the version, 'community' means 1 (or snmp.conf's 2c) and 'username' 3, else snmp.conf decides,
/// else it is 3, net-snmp's own default. Without
/// a level it is what the passwords allow. Throws Error(misconfigured) for unknown words, for what
/// is missing, and for passwords that SNMPv3 does not take.
Identity identify(const Credentials& parameters, const Configured& configured);

}  // namespace havc::snmp
