#include "snmp/identity.h"

#include "base/error.h"
#include "support/catch.h"

namespace {

using namespace havc::snmp;
using Catch::Matchers::Contains;
using havc::Error;
using havc::Fault;

Credentials v3_parameters() {
  Credentials credentials;
  credentials.version = "3";
  credentials.user = "admin";
  credentials.auth_password = "authpass1";
  credentials.priv_password = "privpass1";
  return credentials;
}

Configured v3_configured() {
  Configured configured;
  configured[Item::version] = "3";
  configured[Item::user] = "operator";
  configured[Item::auth_protocol] = "SHA";
  configured[Item::auth_password] = "fromfile1";
  configured[Item::level] = "authPriv";
  configured[Item::priv_protocol] = "AES";
  configured[Item::priv_password] = "fromfile2";
  return configured;
}

/// With an snmp.conf.
Credentials beside_file(Credentials credentials = {}) {
  credentials.folder = "/etc/havc";
  return credentials;
}

TEST_CASE("snmp.conf alone is enough", "[snmp]") {
  const auto identity = identify(beside_file(), v3_configured());
  CHECK(identity.version == Version::v3);
  CHECK(identity.user == "operator");
  CHECK(identity.level == Level::auth_priv);
  CHECK(identity.priv_password == "fromfile2");
}

TEST_CASE("parameters alone are enough", "[snmp]") {
  const auto identity = identify(v3_parameters(), {});
  CHECK(identity.user == "admin");
  CHECK(identity.auth_password == "authpass1");
}

TEST_CASE("a parameter wins over snmp.conf, the others stay", "[snmp]") {
  Credentials credentials;
  credentials.auth_password = "different1";
  credentials.auth_protocol = "md5";
  const auto identity = identify(beside_file(credentials), v3_configured());
  CHECK(identity.user == "operator");
  CHECK(identity.auth_password == "different1");
  CHECK(identity.auth_protocol == "MD5");
  CHECK(identity.priv_password == "fromfile2");
}

TEST_CASE("a remedy names the place that a credential came from", "[snmp]") {
  Credentials credentials;
  credentials.auth_password = "different1";
  const auto mixed = identify(beside_file(credentials), v3_configured());
  CHECK(mixed.word(Item::auth_password) == "'password'");
  CHECK(mixed.word(Item::user) == "defSecurityName in snmp.conf");
  CHECK(mixed.words(Item::auth_password, Item::auth_protocol) ==
        "'password' and defAuthType in snmp.conf");
  CHECK(mixed.words(Item::priv_password, Item::priv_protocol) ==
        "defPrivPassphrase and defPrivType in snmp.conf");
  CHECK(identify(v3_parameters(), {}).word(Item::level) == "'snmp_sec_level'");
}

TEST_CASE("without a version the parameters decide it, then snmp.conf", "[snmp]") {
  Credentials community;
  community.community = "secret";
  CHECK(identify(community, {}).version == Version::v1);
  CHECK(identify(beside_file(community), v3_configured()).version == Version::v1);
  Credentials user = v3_parameters();
  user.version.clear();
  CHECK(identify(user, {}).version == Version::v3);
  Configured v2c;
  v2c[Item::version] = "2c";
  v2c[Item::community] = "public";
  CHECK(identify(beside_file(), v2c).version == Version::v2c);
  CHECK(identify(beside_file(community), v2c).version == Version::v2c);
}

TEST_CASE("what the other version would need is no matter", "[snmp]") {
  Credentials credentials = v3_parameters();
  credentials.version = "1";
  credentials.community = "secret";
  credentials.auth_password = "short";
  CHECK(identify(credentials, {}).community == "secret");
}

TEST_CASE("without a level it is what the passwords allow", "[snmp]") {
  Credentials credentials = v3_parameters();
  CHECK(identify(credentials, {}).level == Level::auth_priv);
  credentials.priv_password.clear();
  CHECK(identify(credentials, {}).level == Level::auth);
  credentials.auth_password.clear();
  CHECK(identify(credentials, {}).level == Level::no_auth);
}

TEST_CASE("a key in snmp.conf does for a password, unless a parameter has one", "[snmp]") {
  Configured configured = v3_configured();
  configured.auth_key = configured.priv_key = true;
  configured[Item::auth_password] = "short";  // not used
  CHECK(identify(beside_file(), configured).auth_password.empty());
  Credentials credentials;
  credentials.auth_password = "different1";
  CHECK(identify(beside_file(credentials), configured).auth_password == "different1");
}

struct Wrong {
  std::string Credentials::*member;
  std::string text;
  std::string problem;
  std::string remedy;
};

TEST_CASE("an snmp.conf with a community alone, which means SNMPv3, lacks the version", "[snmp]") {
  Configured configured;
  configured[Item::community] = "secret";
  try {
    identify(beside_file(), configured);
    FAIL("taken for enough");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::misconfigured);
    CHECK_THAT(error.problem(), Contains("no version") && !Contains("secret"));
    CHECK_THAT(error.remedy(), Contains("'snmp_version'") && Contains("defVersion 1"));
  }
}

TEST_CASE("what cannot work is refused with a remedy", "[snmp]") {
  const auto row = GENERATE(values<Wrong>({
      {&Credentials::version, "2", "'snmp_version' cannot be '2'", "1, 2c, 3"},
      {&Credentials::version, "1", "no community", "set 'community'"},
      {&Credentials::user, "", "no user", "set 'username'"},
      {&Credentials::user, std::string(33, 'u'), "longer than 32", "'username'"},
      {&Credentials::auth_protocol, "SHA-512", "'snmp_auth_prot'", "MD5, SHA"},
      {&Credentials::auth_password, "", "no password", "set 'password'"},
      {&Credentials::auth_password, "seven77", "at least 8", "'password'"},
      {&Credentials::level, "high", "'snmp_sec_level'", "noAuthNoPriv, authNoPriv, authPriv"},
      {&Credentials::priv_protocol, "3DES", "'snmp_priv_prot'", "DES, AES"},
      {&Credentials::priv_password, "", "no privacy password", "set 'snmp_priv_passwd'"},
      {&Credentials::priv_password, "seven77", "at least 8", "'snmp_priv_passwd'"},
  }));
  Credentials credentials = v3_parameters();
  credentials.level = "authPriv";
  credentials.*row.member = row.text;
  CAPTURE(row.text);
  try {
    identify(credentials, {});
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::misconfigured);
    CHECK_THAT(error.problem(), Contains(row.problem));
    CHECK_THAT(error.remedy(), Contains(row.remedy));
  }
}

TEST_CASE("a community and a user without a version are doubt", "[snmp]") {
  Credentials credentials = v3_parameters();
  credentials.version.clear();
  credentials.community = "secret";
  CHECK_THROWS_WITH(identify(credentials, {}), Contains("'snmp_version'"));
}

TEST_CASE("what snmp.conf lacks is missed there", "[snmp]") {
  CHECK_THROWS_WITH(identify(beside_file(), {}),
                    Contains("'/etc/havc/snmp.conf'") && Contains("defSecurityName"));
}

TEST_CASE("passwords never show in an error", "[snmp]") {
  Credentials credentials = v3_parameters();
  credentials.auth_password = "hush";
  CHECK_THROWS_WITH(identify(credentials, {}), !Contains("hush"));
}

}  // namespace
