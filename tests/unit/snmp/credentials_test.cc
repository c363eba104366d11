#include "snmp/credentials.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace {

using Catch::Matchers::Contains;
using havc::snmp::check;

TEST_CASE("a folder without snmp.conf is refused with a remedy", "[snmp]") {
  const havc::test::TemporaryFolder folder;
  CHECK_THROWS_WITH(check({folder.path()}), Contains("snmp.conf'") && Contains("'snmp_conf_path'"));
}

TEST_CASE("an snmp.conf that others can read is used all the same", "[snmp]") {
  const havc::test::TemporaryFolder folder;
  const auto path = folder.write("snmp.conf", "defVersion 1\n");
  REQUIRE(chmod(path.c_str(), 0644) == 0);
  CHECK_NOTHROW(check({folder.path()}));
}

TEST_CASE("an snmp.local.conf that net-snmp would wait for is refused", "[snmp]") {
  const havc::test::TemporaryFolder folder;
  folder.write("snmp.conf", "defVersion 1\n");
  folder.write("snmp.local.conf", "defCommunity secret\n");
  CHECK_NOTHROW(check({folder.path()}));
  REQUIRE(unlink((folder / "snmp.local.conf").c_str()) == 0);
  REQUIRE(mkfifo((folder / "snmp.local.conf").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(check({folder.path()}), Contains("snmp.local.conf': not a regular file"));
}

TEST_CASE("a folder with a colon is refused, because net-snmp would read two others", "[snmp]") {
  CHECK_THROWS_WITH(check({"/etc/a:b"}), Contains("'/etc/a:b' has a colon"));
}

}  // namespace
