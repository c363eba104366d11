#include "snmp/identity.h"

#include <initializer_list>
#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace havc::snmp {

namespace {

struct ItemRow {
  std::string Credentials::*member;
  std::string_view parameter;
  std::string_view word;  ///< snmp.conf's
  /// What may be written; empty: anything.
  std::array<std::string_view, 3> known;
};

// In the order of Item.
constexpr std::array<ItemRow, kItemCount> kItems{{
    {&Credentials::version, "snmp_version", "defVersion", {"1", "2c", "3"}},
    {&Credentials::community, "community", "defCommunity", {}},
    {&Credentials::user, "username", "defSecurityName", {}},
    {&Credentials::auth_protocol, "snmp_auth_prot", "defAuthType", {"MD5", "SHA"}},
    {&Credentials::auth_password, "password", "defAuthPassphrase", {}},
    {&Credentials::level,
     "snmp_sec_level",
     "defSecurityLevel",
     {"noAuthNoPriv", "authNoPriv", "authPriv"}},
    {&Credentials::priv_protocol, "snmp_priv_prot", "defPrivType", {"DES", "AES"}},
    {&Credentials::priv_password, "snmp_priv_passwd", "defPrivPassphrase", {}},
}};

const ItemRow& row_of(Item item) {
  return kItems[static_cast<std::size_t>(item)];
}

/// The known word that `text` means, without regard to case; `text` itself where anything goes.
std::string known_word(const ItemRow& row, const std::string& text) {
  if (row.known[0].empty()) return text;
  std::vector<std::string> words;
  for (const auto& word : row.known) {
    if (word.empty()) continue;
    if (text::equal_ignoring_case(word, text)) return std::string(word);
    words.emplace_back(word);
  }
  throw Error(Fault::misconfigured,
              "'" + std::string(row.parameter) + "' cannot be " + text::quote(text),
              "use one of: " + text::join(words, ", "));
}

/// The parameters over what is configured; which of them were set goes into `identity`.
Configured merged(const Credentials& parameters, Configured configured, Identity& identity) {
  for (std::size_t i = 0; i < kItems.size(); ++i) {
    const std::string& text = parameters.*kItems[i].member;
    identity.by_parameter[i] = !text.empty() || parameters.folder.empty();
    if (!text.empty()) configured.texts[i] = known_word(kItems[i], text);
  }
  if (!parameters.auth_password.empty()) configured.auth_key = false;
  if (!parameters.priv_password.empty()) configured.priv_key = false;
  return configured;
}

[[noreturn]] void missing(const Credentials& parameters, const std::string& what, Item item) {
  const std::string parameter = "'" + std::string(row_of(item).parameter) + "'";
  if (parameters.folder.empty()) {
    throw Error(Fault::misconfigured, what + " is given", "set " + parameter);
  }
  throw Error(Fault::misconfigured,
              what + " is given, neither as " + parameter + " nor in " +
                  text::quote(parameters.folder + "/snmp.conf"),
              "set " + parameter + ", or add " + std::string(row_of(item).word) + " to snmp.conf");
}

Version version_of(const Credentials& parameters, const Configured& all) {
  std::string text = all[Item::version];
  if (parameters.version.empty()) {
    const bool community = !parameters.community.empty();
    const bool user = !parameters.user.empty();
    if (community && user) {
      throw Error(Fault::misconfigured, "both 'community' and 'username' are given",
                  "set 'snmp_version' to 1 or 3");
    }
    if (community && text != "2c") text = "1";
    if (user) text = "3";
  }
  if (text == "1") return Version::v1;
  return text == "2c" ? Version::v2c : Version::v3;
}

void take_level(const Credentials& parameters, const Configured& all, Identity& identity) {
  const bool auth = all.auth_key || !all[Item::auth_password].empty();
  const bool priv = all.priv_key || !all[Item::priv_password].empty();
  const std::string& text = all[Item::level];
  if (text.empty()) {
    identity.level = !auth ? Level::no_auth : priv ? Level::auth_priv : Level::auth;
  } else {
    identity.level = text == "authPriv"     ? Level::auth_priv
                     : text == "authNoPriv" ? Level::auth
                                            : Level::no_auth;
  }
  if (identity.level != Level::no_auth && !auth) {
    missing(parameters, "no password of the SNMPv3 user", Item::auth_password);
  }
  if (identity.level == Level::auth_priv && !priv) {
    missing(parameters, "no privacy password of the SNMPv3 user", Item::priv_password);
  }
}

void take_user(const Credentials& parameters, const Configured& all, Identity& identity) {
  constexpr std::size_t kLongestName = 32;   // RFC 3414 5, SnmpAdminString (SIZE(1..32))
  constexpr std::size_t kShortPassword = 8;  // RFC 3414 11.2; net-snmp refuses shorter ones
  identity.user = all[Item::user];
  if (identity.user.empty() && all[Item::version].empty() && !all[Item::community].empty()) {
    throw Error(Fault::misconfigured, "a community is given, but no version: that is SNMPv3",
                "set 'snmp_version' to 1, or add defVersion 1 to snmp.conf");
  }
  if (identity.user.empty()) missing(parameters, "no user for SNMPv3", Item::user);
  if (identity.user.size() > kLongestName) {
    throw Error(Fault::misconfigured, "the SNMPv3 user's name is longer than 32 bytes",
                "correct " + identity.word(Item::user));
  }
  take_level(parameters, all, identity);
  identity.auth_protocol = all[Item::auth_protocol];
  identity.priv_protocol = all[Item::priv_protocol];
  if (!all.auth_key) identity.auth_password = all[Item::auth_password];
  if (!all.priv_key) identity.priv_password = all[Item::priv_password];
  const auto check_length = [&](const std::string& password, Item item) {
    if (password.empty() || password.size() >= kShortPassword) return;
    throw Error(Fault::misconfigured, "a password of SNMPv3 has at least 8 characters",
                "correct " + identity.word(item));
  };
  if (identity.level != Level::no_auth) check_length(identity.auth_password, Item::auth_password);
  if (identity.level == Level::auth_priv) check_length(identity.priv_password, Item::priv_password);
}

}  // namespace

std::string Identity::word(Item item) const {
  const auto& row = row_of(item);
  if (by_parameter[static_cast<std::size_t>(item)]) return "'" + std::string(row.parameter) + "'";
  return std::string(row.word) + " in snmp.conf";
}

std::string Identity::words(Item first, Item second) const {
  const bool both_configured = !by_parameter[static_cast<std::size_t>(first)] &&
                               !by_parameter[static_cast<std::size_t>(second)];
  if (both_configured) return std::string(row_of(first).word) + " and " + word(second);
  return word(first) + " and " + word(second);
}

Identity identify(const Credentials& parameters, const Configured& configured) {
  Identity identity;
  const Configured all = merged(parameters, configured, identity);
  identity.version = version_of(parameters, all);
  identity.context = all.context;
  if (identity.version == Version::v3) {
    take_user(parameters, all, identity);
    return identity;
  }
  constexpr std::size_t kLongestCommunity = 255;  // net-snmp's COMMUNITY_MAX_LEN less its NUL
  identity.community = all[Item::community];
  if (identity.community.empty()) missing(parameters, "no community", Item::community);
  if (identity.community.size() > kLongestCommunity) {
    throw Error(Fault::misconfigured, "the community is longer than 255 bytes",
                "correct " + identity.word(Item::community));
  }
  return identity;
}

}  // namespace havc::snmp
