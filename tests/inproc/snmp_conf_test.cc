// Credentials from snmp.conf, alone and beside parameters. net-snmp reads it once a process, so
// there is one here; what differs is whom the simulator admits.
#include <sys/stat.h>

#include "snmp_lab.h"
#include "support/catch.h"

using namespace std::chrono_literals;
using namespace havc::snmp;
using namespace havc::test;
using Catch::Matchers::Contains;
using havc::Fault;

namespace {

const std::string& folder() {
  static const TemporaryFolder made;
  static const std::string file =
      made.write("snmp.conf",
                 "defVersion 3\ndefSecurityName admin\ndefSecurityLevel authPriv\n"
                 "defAuthType SHA\ndefAuthPassphrase authpass1\n"
                 "defPrivType AES\ndefPrivPassphrase privpass1\ndefCommunity fromfile\n");
  static const int readable = chmod(file.c_str(), 0644);  // a warning, and no more
  static_cast<void>(readable);
  return made.path();
}

Credentials from_file() {
  Credentials credentials;
  credentials.folder = folder();
  return credentials;
}

TEST_CASE("snmp.conf is enough, also when others can read it", "[snmp]") {
  SnmpLab lab(from_file(), {"--user", "admin:SHA:authpass1:AES:privpass1"});
  CHECK_FALSE(lab.module.state(20s).error);
}

TEST_CASE("a parameter overrides its word in snmp.conf", "[snmp]") {
  auto credentials = from_file();
  SECTION("a password") {
    credentials.auth_password = "different1";
    SnmpLab lab(credentials, {"--user", "admin:SHA:different1:AES:privpass1"});
    CHECK_FALSE(lab.module.state(20s).error);
  }
  SECTION("the user and the protocols") {
    credentials.user = "other";
    credentials.auth_protocol = "MD5";
    credentials.priv_protocol = "DES";
    SnmpLab lab(credentials, {"--user", "other:MD5:authpass1:DES:privpass1"});
    CHECK_FALSE(lab.module.state(20s).error);
  }
  SECTION("the version") {
    credentials.version = "1";
    SnmpLab lab(credentials, {"--community", "fromfile"});
    CHECK_FALSE(lab.module.state(20s).error);
  }
  SECTION("the community, and so the version") {
    credentials.community = "parameter";
    SnmpLab lab(credentials, {"--community", "parameter"});
    CHECK_FALSE(lab.module.state(20s).error);
  }
}

TEST_CASE("what is wrong in snmp.conf is named in its words", "[snmp]") {
  const auto [user, remedy] = GENERATE(table<std::string, std::string>({
      {"admin:SHA:otherpass:AES:privpass1", "defAuthPassphrase and defAuthType in snmp.conf"},
      {"other:SHA:authpass1:AES:privpass1", "defSecurityName in snmp.conf"},
      {"admin:SHA:authpass1", "defSecurityLevel in snmp.conf"},
      {"admin:SHA:authpass1:AES:otherpass", "defPrivPassphrase and defPrivType in snmp.conf"},
  }));
  CAPTURE(user);
  SnmpLab lab(from_file(), {"--user", user});
  const auto error = lab.module.state(2s).error;
  REQUIRE(error);
  CHECK_THAT(error->remedy(), Contains(remedy));
}

TEST_CASE("a second snmp.conf cannot be used in one process, and is not silently ignored",
          "[snmp]") {
  open_netsnmp_client(from_file());
  const TemporaryFolder other;
  other.write("snmp.conf", "defVersion 1\ndefCommunity other\n");
  Credentials credentials;
  credentials.folder = other.path();
  CHECK_THROWS_WITH(open_netsnmp_client(credentials), Contains(folder()));
}

TEST_CASE("snmp.conf is of no concern to who does not name its folder", "[snmp]") {
  open_netsnmp_client(from_file());
  CHECK_THROWS_WITH(open_netsnmp_client({}), Contains("no user for SNMPv3 is given"));
}

}  // namespace
