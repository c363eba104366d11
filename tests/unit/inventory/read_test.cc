#include "inventory/read.h"

#include <sys/stat.h>

#include <filesystem>

#include "inventory/conflicts.h"
#include "inventory/keys.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace {

using namespace havc::inventory;
using Catch::Matchers::Contains;
using havc::Error;
using havc::test::TemporaryFolder;

const std::string kCluster = R"(ping_hosts = ["192.168.3.1"]
[zones.intranet]
ranges = ["192.168.4.0/24"]
bridge = "br0"
ipv6_prefix = "2001:db8:0:4::/64"
folders = ["/srv/vm/intranet"]
[zones.dmz]
ranges = ["192.168.5.0/24"]
bridge = "br1"
folders = ["/srv/vm/dmz"]
[zones.bare]
ranges = ["192.168.9.0/24"]
bridge = "br9"
[nodes.node1]
address = "192.168.2.11"
[nodes."Node2.example.org"]
address = "node2.example.org"
[chassis.chassis1]
type = "fence_ibmbc"
address = "192.168.3.5"
)";

std::string vm_text(const std::string& name, const std::string& address,
                    const std::string& more = {}) {
  return "name = \"" + name + "\"\nhost = \"" + name + ".example.org\"\naddress = \"" + address +
         "\"\n" + more;
}

// A folder with a cluster and these files below vms.
class Files {
 public:
  explicit Files(const std::string& cluster = kCluster) {
    std::filesystem::create_directory(folder_ / "vms");
    folder_.write("cluster.toml", cluster);
  }
  Files& vm(const std::string& file, const std::string& text) {
    folder_.write("vms/" + file, text);
    return *this;
  }
  Reading read() const { return havc::inventory::read(folder_.path()); }
  /// All problems, a line each, with the folder's name left out.
  std::string problems() const {
    std::string all;
    for (const Error& error : read().problems) {
      CHECK_FALSE(error.remedy().empty());
      all += std::string(error.what()) + "\n";
    }
    for (auto place = all.find(folder_.path() + "/"); place != std::string::npos;
         place = all.find(folder_.path() + "/")) {
      all.erase(place, folder_.path().size() + 1);
    }
    return all;
  }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

std::string one_vm(const std::string& more) {
  return Files().vm("WEB-01.toml", vm_text("WEB-01", "192.168.4.101", more)).problems();
}

TEST_CASE("a virtual machine needs three keys", "[inventory]") {
  const auto reading = Files().vm("WEB-01.toml", vm_text("web-01", "192.168.4.101")).read();
  REQUIRE(reading.problems.empty());
  REQUIRE(reading.inventory.vms.size() == 1);
  const Vm& vm = reading.inventory.vms[0];
  CHECK(vm.identity.fqn == "WEB-01_intranet");
  CHECK(vm.cpus.number == 1);
  CHECK(vm.memory.number == 1024);
  CHECK(vm.kind == Kind::cluster);
  CHECK(vm.wanted == Wanted::started);
  REQUIRE(vm.disks.size() == 1);
  CHECK(vm.disks[0].text == "/srv/vm/intranet/WEB-01_intranet.raw");
}

TEST_CASE("[defaults] hold where a virtual machine says nothing", "[inventory]") {
  const auto reading = Files(kCluster + "[defaults]\ncpus = 4\nmemory = 512\nemail = 'a@b'\n")
                           .vm("WEB-01.toml", vm_text("WEB-01", "192.168.4.101", "memory = 256\n"))
                           .read();
  REQUIRE(reading.problems.empty());
  const Vm& vm = reading.inventory.vms[0];
  CHECK(vm.cpus.number == 4);
  CHECK(vm.memory.number == 256);
  CHECK(vm.email == "a@b");
}

TEST_CASE("a value that is refused is named with file, line and what it should be", "[inventory]") {
  const auto [more, problem] = GENERATE(table<std::string, std::string>({
      {"cpus = 0\n",
       "vms/WEB-01.toml:4: key 'cpus' is '0', not a number from 1 to 1024; correct the value"},
      {"cpus = '2'\n", "vms/WEB-01.toml:4: key 'cpus' is text, not a number (which has no quotes)"},
      {"cpus = -1\n", "key 'cpus' is '-1', not a number from 1"},
      {"cpus = 1.5\n", "key 'cpus' is a fraction, date or time, not a number"},
      {"memory = 99999999999999\n",
       "key 'memory' is '99999999999999', not a number from 1 to 16777216"},
      {"cpu = 2\n", "vms/WEB-01.toml:4: unknown key 'cpu'; did you mean 'cpus'?"},
      {"colour = 'red'\n",
       "vms/WEB-01.toml:4: unknown key 'colour'; remove it; known are address, address_v6, "},
      {"mac = '01:00:5e:00:00:01'\n",
       "key 'mac' is '01:00:5e:00:00:01', not the MAC address of one card"},
      {"uuid = 5\n", "key 'uuid' is a number, not text in quotes"},
      {"disks = '/a'\n", "key 'disks' is text, not a list in [ ]"},
      {"disks = ['/srv/vm/intranet/x.raw', '../x']\n",
       "key 'disks' has an entry that is '../x', not an absolute path"},
      {"disks = ['/srv/vm/intranet/../dmz/x']\n", "not an absolute path"},
      {"disks = ['/srv/vm/intranet/x/']\n", "not an absolute path"},
      {"email = ''\n", "key 'email' is '', not text without control characters"},
      {"email = \"a\\nb\"\n", "key 'email' is 'a b', not text without control characters"},
      {"email = \"a\\uFFFFb\"\n", "key 'email' is 'a???b', not text without control characters"},
      {"kind = 'Cluster'\n", "key 'kind' is 'Cluster', not one of cluster local"},
      {"wanted = true\n", "key 'wanted' is true or false, not text in quotes"},
      {"tags = ['Web']\n",
       "key 'tags' has an entry that is 'Web': character 1, 'W', is none of a-z"},
      {"template = '../../etc/passwd'\n", "key 'template' is '../../etc/passwd': character 3, '/'"},
      {"metadata = 'x'\n", "key 'metadata' is text, not a table"},
      {"[metadata]\nowner = 5\n",
       "key 'metadata' has 'owner', which is a number, not text in quotes"},
      {"[metadata]\n'a b' = 'x'\n", "key 'metadata' has the name 'a b': character 2, ' '"},
  }));
  CAPTURE(more);
  CHECK_THAT(one_vm(more), Contains(problem));
}

TEST_CASE("keys that are needed are missed", "[inventory]") {
  CHECK_THAT(Files().vm("WEB-01.toml", "name = 'WEB-01'\n").problems(),
             Contains("vms/WEB-01.toml:1: key 'host' is missing; add it: The name in DNS"));
  CHECK_THAT(Files("ping_hosts = []\n[zones.a]\n").problems(),
             Contains("cluster.toml:2: key 'bridge' is missing"));
}

TEST_CASE("values that do not fit each other are refused", "[inventory]") {
  const auto [more, problem] = GENERATE(table<std::string, std::string>({
      {"nodes = ['node3']\n",
       "vms/WEB-01.toml:4: node 'node3' is none of the cluster's; did you mean 'node1'?"},
      {"nodes = ['node1', 'node1']\n", "node 'node1' is there twice"},
      {"nodes = ['node1', 'Node2.example.org', 'node1']\n", "it has 3 nodes, not at most two"},
      {"kind = 'local'\n", "it is local, and has 0 nodes"},
      {"disks = ['/srv/vm/dmz/x.raw']\n",
       "disk '/srv/vm/dmz/x.raw' lies in a folder of zone 'dmz', not of 'intranet'"},
      {"disks = ['/srv/vm/intranet2/x.raw']\n", "lies in no folder of zone 'intranet'"},
      {"disks = ['/dev/a', '/dev/b', '/dev/c', '/dev/d', '/dev/e']\n",
       "it has 5 disks, not 1 to 4"},
      {"zone = 'dmz'\n",
       "vms/WEB-01.toml:3: address '192.168.4.101' lies in zone 'intranet', not in 'dmz'"},
  }));
  CAPTURE(more);
  CHECK_THAT(one_vm(more), Contains(problem));
}

TEST_CASE("a virtual machine without disk needs a folder of its zone", "[inventory]") {
  const auto text = vm_text("WEB-01", "192.168.9.1");
  CHECK_THAT(Files().vm("WEB-01.toml", text).problems(),
             Contains("it has no disk, and zone 'bare' no folder for one"));
  CHECK(Files().vm("WEB-01.toml", text + "disks = ['/anywhere/x.raw']\n").problems().empty());
}

TEST_CASE("the file has the name of the machine, in capitals", "[inventory]") {
  for (const auto* file : {"web-01.toml", "WEB-02.toml"}) {
    CAPTURE(file);
    CHECK_THAT(Files().vm(file, vm_text("WEB-01", "192.168.4.101")).problems(),
               Contains(std::string("name 'WEB-01' is not that of the file '") + file +
                        "'; rename the file to 'WEB-01.toml'"));
  }
}

TEST_CASE("all that is wrong in all files is said at once", "[inventory]") {
  const auto problems =
      Files(
          "uuid_prefix = 'x'\nping_hosts = ['192.168.3.1']\n[zones.UPPER]\nbridge = "
          "'br0'\n[defaults]\nname = 'X'\n")
          .vm("A-1.toml", "name = 'A-1'\ncpus = 'x'\nhost = 'b c'\n")
          .vm("B-1.toml", "= \n")
          .vm("C-1.toml", vm_text("C-1", "192.168.4.300"))
          .problems();
  for (const auto* part : {"cluster.toml:1: key 'uuid_prefix' is 'x'",
                           "cluster.toml:3: [zones.UPPER]: character 1, 'U'",
                           "cluster.toml:6: unknown key 'name'", "vms/A-1.toml:2: key 'cpus'",
                           "vms/A-1.toml:3: key 'host'", "vms/B-1.toml:1: this is not TOML",
                           "vms/C-1.toml:3: key 'address' is '192.168.4.300', not an address"}) {
    CHECK_THAT(problems, Contains(part));
  }
}

TEST_CASE("what lint shall not find is a code, or a code and an object", "[inventory]") {
  const auto [words, good] = GENERATE(table<std::string, bool>({
      {"'even-votes', 'config-path:WEB-01_intranet'", true},
      {"'Even votes'", false},
      {"'even-votes:'", false},
      {"':WEB-01_intranet'", false},
  }));
  std::vector<Error> problems;
  const auto cluster = havc::inventory::read_cluster(
      "ping_hosts = []\nlint_ignore = [" + words + "]\n", "cluster.toml", problems);
  CHECK(problems.empty() == good);
  if (good) CHECK(cluster->lint_ignore.at(1).text == "config-path:WEB-01_intranet");
}

TEST_CASE("tables of the cluster are tables", "[inventory]") {
  const auto [text, problem] = GENERATE(table<std::string, std::string>({
      {"ping_hosts = []\nzones = 5\n",
       "cluster.toml:2: key 'zones' is a number, not a table; write [zones.NAME]"},
      {"ping_hosts = []\n[[zones]]\n", "key 'zones' is a list, not a table"},
      {"ping_hosts = []\n[nodes]\nnode1 = '192.168.2.1'\n",
       "cluster.toml:3: 'node1' is text, not a table; write [nodes.node1]"},
      {"ping_hosts = []\n[nodes.node1.example]\naddress = 'x'\n", "unknown key 'example'"},
      {"ping_hosts = []\ndefaults = 'x'\n", "key 'defaults' is text, not a table"},
      {"ping_hosts = []\nadmin_interface = 'bond0'\n",
       "of 'admin_address' and 'admin_interface' one is missing"},
      {"ping_hosts = "
       "[]\n[zones.a]\nbridge='b'\nranges=['10.0.0.0/8']\n[zones.b]\nbridge='b'\nranges=['10.1.0.0/"
       "16']\n",
       "cluster.toml:7: zone 'b': '10.1.0.0/16' overlaps '10.0.0.0/8'"},
      {"ping_hosts = []\n[zones.a]\nbridge='b'\nipv6_prefix='2001:db8::/48'\n",
       "cluster.toml:4: key 'ipv6_prefix' is '2001:db8::/48', not an IPv6 range of length 64"},
      {"ping_hosts = []\n[zones.a]\nbridge='a bridge'\n",
       "key 'bridge' is 'a bridge': character 2, ' '"},
  }));
  CAPTURE(text);
  CHECK_THAT(Files(text).problems(), Contains(problem));
}

TEST_CASE("two that claim the same are both named", "[inventory]") {
  const auto [more, problem] = GENERATE(table<std::string, std::string>({
      {"address = '192.168.4.101'",
       "vms/B-1.toml:3: address '192.168.4.101' is claimed by vms/A-1.toml:3, too; change one of "
       "them"},
      {"address = '192.168.4.101'",
       "MAC address '02:00:C0:A8:04:65' is claimed by vms/A-1.toml:3, too"},
      {"address = '192.168.4.101'",
       "UUID '68617663-0000-4000-8000-0200C0A80465' is claimed by vms/A-1.toml:3, too"},
      {"address = '192.168.4.101'",
       "address '2001:db8:0:4:0:c0ff:fea8:465' is claimed by vms/A-1.toml:3, too"},
      {"address = '192.168.4.102'\nmac = '02:00:c0:a8:04:65'",
       "vms/B-1.toml:4: MAC address '02:00:C0:A8:04:65' is claimed"},
      {"address = '192.168.4.102'\nuuid = '68617663-0000-4000-8000-0200c0a80465'",
       "vms/B-1.toml:4: UUID"},
      {"address = '192.168.4.102'\naddress_v6 = '2001:db8:0:4::c0ff:fea8:465'",
       "vms/B-1.toml:4: address '2001:db8:0:4:0:c0ff:fea8:465' is claimed by vms/A-1.toml:3, too"},
      {"address = '192.168.4.102'\ndisks = ['/srv/vm/intranet/A-1_intranet.raw']",
       "vms/B-1.toml:4: disk '/srv/vm/intranet/A-1_intranet.raw' is claimed by vms/A-1.toml:1, "
       "too"},
      {"address = '192.168.2.11'\nzone = 'bare'\ndisks = ['/dev/x']",
       "address '192.168.2.11' is claimed by cluster.toml:15, too"},
      {"address = '192.168.3.1'\nzone = 'bare'\ndisks = ['/dev/x']",
       "address '192.168.3.1' is claimed by cluster.toml:1, too"},
      {"address = '192.168.4.102'\ntags = ['chassis1']",
       "vms/B-1.toml:4: tag 'chassis1' is an id of the cluster's options or of a chassis"},
      {"address = '192.168.4.102'\ntags = ['web', 'chassis1-clone']",
       "tag 'chassis1-clone' is an id"},
      {"address = '192.168.4.102'\ntags = ['rsc-options']", "tag 'rsc-options' is an id"},
  }));
  CAPTURE(more);
  Files files;
  files.vm("A-1.toml", vm_text("A-1", "192.168.4.101"))
      .vm("B-1.toml", "name = 'B-1'\nhost = 'b-1'\n" + more + "\n");
  CHECK_THAT(files.problems(), Contains(problem));
}

TEST_CASE("two machines whose names or hosts differ in case are the same", "[inventory]") {
  const auto problems = Files()
                            .vm("WEB-01.toml", vm_text("WEB-01", "192.168.4.101"))
                            .vm("web-01.toml", vm_text("web-01", "192.168.4.102"))
                            .problems();
  CHECK_THAT(
      problems,
      Contains("vms/web-01.toml:1: name 'WEB-01_intranet' is claimed by vms/WEB-01.toml:1, too"));
  CHECK_THAT(
      problems,
      Contains(
          "vms/web-01.toml:2: host 'web-01.example.org' is claimed by vms/WEB-01.toml:2, too"));
}

TEST_CASE("an inventory without conflicts has none", "[inventory]") {
  CHECK(Files()
            .vm("A-1.toml", vm_text("A-1", "192.168.4.101"))
            .vm("B-1.toml", vm_text("B-1", "192.168.5.101"))
            .problems()
            .empty());
}

TEST_CASE("files that are none of ours are left alone", "[inventory]") {
  CHECK(Files()
            .vm("README", "x")
            .vm(".WEB.toml", "x")
            .vm("WEB.toml~", "x")
            .vm("WEB.toml.bak", "x")
            .problems()
            .empty());
}

TEST_CASE("what is no regular file of a sensible size is refused", "[inventory]") {
  Files files;
  const std::string path = files.folder() / "vms/BIG.toml";
  SECTION("a large one") {
    files.vm("BIG.toml", std::string(70000, '#'));
    CHECK_THAT(files.problems(),
               Contains("'vms/BIG.toml' is larger than 65536 bytes; put a regular file"));
  }
  SECTION("a FIFO") {
    REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    CHECK_THAT(files.problems(), Contains("not a regular file"));
  }
  SECTION("a folder") {
    std::filesystem::create_directory(path);
    CHECK_THAT(files.problems(), Contains("'vms/BIG.toml'"));
  }
  SECTION("a link to a device") {
    std::filesystem::create_symlink("/dev/zero", path);
    CHECK_THAT(files.problems(), Contains("not a regular file"));
  }
  SECTION("a link to itself") {
    std::filesystem::create_symlink("BIG.toml", path);
    CHECK_THAT(files.problems(), Contains("'vms/BIG.toml'"));
  }
}

TEST_CASE("a link to a file is that file", "[inventory]") {
  Files files;
  files.folder().write("elsewhere", vm_text("WEB-01", "192.168.4.101"));
  std::filesystem::create_symlink("../elsewhere", files.folder() / "vms/WEB-01.toml");
  CHECK(files.problems().empty());
  CHECK(files.read().inventory.vms.size() == 1);
}

TEST_CASE("a folder without cluster.toml is no inventory, one without vms an empty one",
          "[inventory]") {
  const TemporaryFolder folder;
  const auto problems = read(folder.path()).problems;
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0].what(), Contains("cluster.toml': No such file"));
  folder.write("cluster.toml", kCluster);
  CHECK(read(folder.path()).problems.empty());
  folder.write("vms", "");
  CHECK(read(folder.path()).problems.size() == 1);
}

TEST_CASE("every row of every table of keys is whole", "[inventory]") {
  for (const auto& table : key_tables()) {
    std::vector<std::string> names;
    for (const auto& [doc, type] : table.rows) {
      CAPTURE(table.heading, std::string(doc.name));
      CHECK_FALSE(doc.doc.empty());
      CHECK_FALSE(type.empty());
      CHECK((doc.need == havc::options::Need::optional || doc.fallback.empty()));
      CHECK(std::count(names.begin(), names.end(), doc.name) == 0);
      names.emplace_back(doc.name);
    }
  }
}

}  // namespace
