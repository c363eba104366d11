#include "chassis/snmp_access.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <cstdlib>

namespace havc::chassis {
namespace {

// A word of a configuration line.
std::string word(const std::string& text) {
  if (text.empty() || text.find_first_of("\"\\\n\r") != std::string::npos) {
    throw Error(Fault::misconfigured,
                fmt::format("{} cannot be a name or password", text::quote(text)),
                "use printable characters without \" and \\");
  }
  return '"' + text + '"';
}

void configure(std::string line) {
  netsnmp_config(line.data());
}

// RFC 3411: 5 to 32 bytes.
void choose_engine(const std::string& digits) {
  if (digits.size() < 10 || digits.size() > 64 || digits.size() % 2 != 0 ||
      digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
    throw Error(Fault::misconfigured, fmt::format("{} is no engine id", text::quote(digits)),
                "give 5 to 32 bytes in hexadecimal digits, as 8000000001020304");
  }
  std::string line = "exactEngineID 0x" + digits;
  netsnmp_config_remember(line.data());  // until init_snmp knows the word
}

void create(const User& user) {
  std::string line = "createUser " + word(user.name);
  if (!user.auth_protocol.empty())
    line += ' ' + user.auth_protocol + ' ' + word(user.auth_password);
  if (!user.priv_protocol.empty())
    line += ' ' + user.priv_protocol + ' ' + word(user.priv_password);
  configure(line);
}

}  // namespace

void isolate_library(const Access& access) {
  for (const char* name : {"MIBS", "MIBDIRS"}) setenv(name, "", 1);
  for (const char* name : {"SNMPCONFPATH", "SNMP_PERSISTENT_DIR"})
    setenv(name, "/dev/null/none", 1);
  for (const int option : {NETSNMP_DS_LIB_DONT_READ_CONFIGS, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD,
                           NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE}) {
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, option, 1);
  }
  netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_ROLE, 0);  // master
  netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_DONT_LOG_TCPWRAPPERS_CONNECTS,
                         1);
  snmp_enable_stderrlog();
  if (!access.engine_id.empty()) choose_engine(access.engine_id);
}

Grants grants(const Access& access) {
  Grants grants;
  for (const auto& name : access.communities) grants.communities.push_back({name, true});
  for (const auto& name : access.read_only_communities) grants.communities.push_back({name, false});
  for (const auto& user : access.users) {
    const int auth = user.auth_protocol.empty() ? 1 : user.auth_protocol == "MD5" ? 2 : 3;
    const int priv = user.priv_protocol.empty() ? 1 : user.priv_protocol == "DES" ? 2 : 4;
    grants.users.push_back({user.name, !user.read_only, auth, priv});
  }
  return grants;
}

void grant(const Access& access) {
  for (const auto& name : access.communities) {
    configure("rwcommunity " + word(name));
    configure("rwcommunity6 " + word(name));
  }
  for (const auto& name : access.read_only_communities) {
    configure("rocommunity " + word(name));
    configure("rocommunity6 " + word(name));
  }
  for (const auto& user : access.users) {
    const char* level = user.auth_protocol.empty()   ? "noauth"
                        : user.priv_protocol.empty() ? "auth"
                                                     : "priv";
    configure(
        fmt::format("{} {} {}", user.read_only ? "rouser" : "rwuser", word(user.name), level));
  }
}

void create_users(const Access& access) {
  for (const auto& user : access.users) create(user);
}

}  // namespace havc::chassis
