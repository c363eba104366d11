#include "inventory/store.h"

#include "base/file.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <filesystem>

namespace {

using namespace havc::inventory;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

constexpr const char* kCluster =
    "ping_hosts = []\n[zones.a]\nbridge = 'br0'\nranges = ['10.0.0.0/8']\nfolders = ['/srv/a']\n";

FileText vm(const std::string& name, const std::string& address) {
  return {"vms/" + name + ".toml",
          "name = '" + name + "'\nhost = '" + name + "'\naddress = '" + address + "'\n"};
}

std::string content(const std::string& path) {
  return havc::read_file(path, 1 << 20);
}

TEST_CASE("files are looked at together with those that are there", "[inventory]") {
  const havc::test::TemporaryFolder folder;
  folder.write("cluster.toml", kCluster);
  put(folder.path(), {vm("WEB", "10.0.0.1")});
  std::vector<havc::Error> problems;
  CHECK_NOTHROW(check_with(folder.path(), {vm("DB1", "10.0.0.2")}, problems));
  CHECK(read_with(folder.path(), {vm("DB1", "10.0.0.2")}).inventory.vms.size() == 2);
  CHECK_THROWS_WITH(check_with(folder.path(), {vm("DB1", "10.0.0.1")}, problems),
                    Contains("is claimed by"));
  CHECK(problems.size() == 3);  // address, MAC address, UUID
  problems.clear();
  CHECK_THROWS_WITH(check_with(folder.path(), {vm("WEB", "10.0.0.2")}, problems),
                    Contains("WEB.toml' is there already"));
}

TEST_CASE("what was wrong before is nobody's fault now", "[inventory]") {
  const havc::test::TemporaryFolder folder;
  folder.write("cluster.toml", kCluster);
  put(folder.path(), {vm("WEB", "11.0.0.1")});
  std::vector<havc::Error> problems;
  CHECK_NOTHROW(check_with(folder.path(), {vm("DB1", "10.0.0.2")}, problems));
  CHECK(problems.empty());
}

TEST_CASE("all files are put or none", "[inventory]") {
  const havc::test::TemporaryFolder folder;
  put(folder.path(), {{"vms/A.toml", "old"}});
  put(folder.path(), {{"vms/B.toml", "b"}, {"vms/A.toml", "new", false}});
  CHECK(content(folder / "vms/A.toml") == "new");
  CHECK_THROWS_AS(put(folder.path(), {{"vms/C.toml", "c"},
                                      {"templates/C.xml", "c"},
                                      {"vms/A.toml", "newer", false},
                                      {"vms/B.toml", "is there"}}),
                  havc::Error);
  CHECK(content(folder / "vms/A.toml") == "new");
  CHECK(content(folder / "vms/B.toml") == "b");
  CHECK_FALSE(fs::exists(folder / "vms/C.toml"));
  CHECK_FALSE(fs::exists(folder / "templates/C.xml"));
}

TEST_CASE("a secret is for its owner alone", "[inventory]") {
  const havc::test::TemporaryFolder folder;
  put(folder.path(), {{"templates/A.xml", "x", true, true}});
  CHECK(fs::status(folder / "templates/A.xml").permissions() == fs::perms(0600));
}

}  // namespace
