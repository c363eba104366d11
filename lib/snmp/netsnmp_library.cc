#include "snmp/netsnmp_library.h"

// In this order: the library's headers need the first one, and do not include it.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
// clang-format on

#include <utility>

#include "base/environment.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

namespace havc::snmp {

namespace {

// The library's name for this program: it would read havc.conf beside snmp.conf.
constexpr const char* kApplication = "havc";
// Below a file, so that nobody can create it: the library writes its state there otherwise, in
// init_snmp already.
constexpr const char* kNoFolder = "/dev/null/havc";

int log_line(int /*major*/, int /*minor*/, void* message, void* /*unused*/) {
  log::debug("net-snmp: " + std::string(static_cast<snmp_log_message*>(message)->msg));
  return 0;
}

void start(const Credentials& credentials) {
  check(credentials);
  // Numbers are enough, and MIB files cost milliseconds to seconds: neither load nor list them.
  export_variable("MIBS", "");
  export_variable("MIBDIRS", kNoFolder);
  export_variable("SNMPCONFPATH", credentials.folder.empty() ? kNoFolder : credentials.folder);
  export_variable("SNMP_PERSISTENT_DIR", kNoFolder);
  netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_DEBUG);
  snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, log_line, nullptr);
  snmp_disable_stderrlog();
  netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
  netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
  netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_NO_DISCOVERY, 1);
  init_snmp(kApplication);
}

std::string stored(int which) {
  const char* text = netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, which);
  return text != nullptr ? text : "";
}

std::string stored_or(int which, int otherwise) {
  auto text = stored(which);
  return text.empty() ? stored(otherwise) : text;
}

std::string configured_version() {
  switch (netsnmp_ds_get_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_SNMPVERSION)) {
    case NETSNMP_DS_SNMP_VERSION_1:
      return "1";
    case NETSNMP_DS_SNMP_VERSION_2c:
      return "2c";
    case NETSNMP_DS_SNMP_VERSION_3:
      return "3";
    default:
      return {};
  }
}

std::string configured_level() {
  switch (netsnmp_ds_get_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_SECLEVEL)) {
    case SNMP_SEC_LEVEL_NOAUTH:
      return "noAuthNoPriv";
    case SNMP_SEC_LEVEL_AUTHNOPRIV:
      return "authNoPriv";
    case SNMP_SEC_LEVEL_AUTHPRIV:
      return "authPriv";
    default:
      return {};
  }
}

/// The library's own names, which it reads again; its default where snmp.conf is silent.
std::string configured_auth_protocol() {
  std::size_t length = 0;
  const oid* type = get_default_authtype(&length);
  const char* name = usm_lookup_auth_str(sc_get_authtype(type, static_cast<u_int>(length)));
  return name != nullptr ? name : "";
}

std::string configured_priv_protocol() {
  std::size_t length = 0;
  const oid* type = get_default_privtype(&length);
  const char* name = usm_lookup_priv_str(sc_get_privtype(type, static_cast<u_int>(length)));
  return name != nullptr ? name : "";
}

Configured read_store() {
  Configured configured;
  configured[Item::version] = configured_version();
  configured[Item::community] = stored(NETSNMP_DS_LIB_COMMUNITY);
  configured[Item::user] = stored(NETSNMP_DS_LIB_SECNAME);
  configured[Item::level] = configured_level();
  configured[Item::auth_protocol] = configured_auth_protocol();
  configured[Item::priv_protocol] = configured_priv_protocol();
  configured[Item::auth_password] =
      stored_or(NETSNMP_DS_LIB_AUTHPASSPHRASE, NETSNMP_DS_LIB_PASSPHRASE);
  configured[Item::priv_password] =
      stored_or(NETSNMP_DS_LIB_PRIVPASSPHRASE, NETSNMP_DS_LIB_PASSPHRASE);
  configured.context = stored(NETSNMP_DS_LIB_CONTEXT);
  configured.auth_key =
      !stored_or(NETSNMP_DS_LIB_AUTHMASTERKEY, NETSNMP_DS_LIB_AUTHLOCALIZEDKEY).empty();
  configured.priv_key =
      !stored_or(NETSNMP_DS_LIB_PRIVMASTERKEY, NETSNMP_DS_LIB_PRIVLOCALIZEDKEY).empty();
  return configured;
}

}  // namespace

Configured start_netsnmp(const Credentials& credentials) {
  static const std::string folder = [&] {
    start(credentials);
    return credentials.folder;
  }();
  if (!credentials.folder.empty() && folder != credentials.folder) {
    throw Error(Fault::unsupported,
                "net-snmp was started with " + text::quote(folder) + " in this process",
                "use one snmp.conf for all chassis of a device");
  }
  return credentials.folder.empty() && !folder.empty() ? Configured() : read_store();
}

}  // namespace havc::snmp
