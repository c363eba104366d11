#include "inventory/write.h"

#include "inventory/read.h"
#include "inventory/toml_text.h"
#include "support/catch.h"

#include <random>

namespace {

using namespace havc::inventory;
using Catch::Matchers::Contains;

const std::string kCluster =
    "ping_hosts = ['10.9.0.1']\n[defaults]\nemail = 'ops@example.org'\nmemory = 2048\n"
    "[zones.a]\nbridge = 'br0'\nranges = ['10.0.0.0/16']\nfolders = ['/srv/a']\n"
    "ipv6_prefix = '2001:db8:0:4::/64'\n"
    "[zones.b]\nbridge = 'br1'\nvlan = 5\nranges = ['10.1.0.0/16']\nfolders = ['/srv/b']\n"
    "[nodes.n1]\naddress = 'n1'\n[nodes.'n2.example.org']\naddress = 'n2'\nmemory = 5\n"
    "[chassis.c1]\ntype = 'external/ibmbc'\naddress = '10.9.0.2'\n";

Cluster cluster() {
  std::vector<havc::Error> problems;
  auto read = read_cluster(kCluster, "cluster.toml", problems);
  for (const auto& problem : problems) FAIL(problem.what());
  return *read;
}

Vm read_back(const std::string& text, const std::string& name, const Cluster& cluster) {
  std::vector<havc::Error> problems;
  auto vm = read_vm(text, name + ".toml", cluster, problems);
  CAPTURE(text);
  for (const auto& problem : problems) FAIL(problem.what());
  return *vm;
}

Vm plain_vm(const Cluster& cluster) {
  Vm vm = cluster.defaults;
  vm.name = {"WEB-01"};
  vm.host = {"web-01.example.org"};
  vm.address = *parse_address("10.0.0.1");
  return vm;
}

std::string changed(const std::string& text, const std::string& change) {
  return with_change(text, "WEB-01.toml", KeyChange::parse(change));
}

TEST_CASE("a file has what does not follow from elsewhere, and no more", "[inventory]") {
  const auto all = cluster();
  Vm vm = plain_vm(all);
  vm.zone = ZoneName{"a"};
  vm.mac = *Mac::parse("02:00:0A:00:00:01");
  vm.uuid = all.uuid_prefix.with(*vm.mac);
  vm.address_v6 = slaac_address(*all.zones[0].ipv6_prefix, *vm.mac);
  vm.disks = {{"/srv/a/WEB-01_a.raw"}};
  CHECK(vm_file(vm, all) ==
        "name = \"WEB-01\"\nhost = \"web-01.example.org\"\naddress = \"10.0.0.1\"\n");
}

TEST_CASE("what differs is written in the order of the keys, tables last", "[inventory]") {
  const auto all = cluster();
  Vm vm = plain_vm(all);
  vm.uuid = *Uuid::parse("68617663-0000-4000-8000-0200C0A80465");
  vm.disks = {{"/srv/a/other.raw"}, {"/dev/sdb"}};
  vm.cpus = {2};
  vm.nodes = {{"n2.example.org"}};
  vm.tags = {{"web"}, {"prod"}};
  vm.metadata = {{"owner", "R&D \"x\" \\ \xC3\xA4"}};
  vm.wanted = Wanted::stopped;
  CHECK(vm_file(vm, all) ==
        "name = \"WEB-01\"\nhost = \"web-01.example.org\"\naddress = \"10.0.0.1\"\n"
        "uuid = \"68617663-0000-4000-8000-0200C0A80465\"\n"
        "disks = [\"/srv/a/other.raw\", \"/dev/sdb\"]\ncpus = 2\nnodes = [\"n2.example.org\"]\n"
        "tags = [\"web\", \"prod\"]\nwanted = \"stopped\"\n\n[metadata]\n"
        "owner = \"R&D \\\"x\\\" \\\\ \xC3\xA4\"\n");
}

TEST_CASE("a default that a machine is to be without cannot be written", "[inventory]") {
  const auto all = cluster();
  Vm vm = plain_vm(all);
  vm.email.reset();
  CHECK_THROWS_WITH(vm_file(vm, all), Contains("key 'email' has a default"));
}

TEST_CASE("a cluster is read back as it was written", "[inventory]") {
  std::vector<havc::Error> problems;
  const auto first = cluster_file(cluster());
  const auto again = read_cluster(first, "cluster.toml", problems);
  CAPTURE(first);
  for (const auto& problem : problems) FAIL(problem.what());
  CHECK(cluster_file(*again) == first);
  CHECK_THAT(first, Contains("[nodes.\"n2.example.org\"]\naddress = \"n2\"\nmemory = 5\n") &&
                        Contains("[zones.b]\nranges = [\"10.1.0.0/16\"]\nbridge = \"br1\"\n") &&
                        Contains("[defaults]\nmemory = 2048\nemail = \"ops@example.org\"\n"));
}

/// Texts that TOML, shells or XML would read otherwise.
std::string hostile_text(std::mt19937& random) {
  static const std::vector<std::string> kPieces{
      "\"",        "'",        "\\",     "\\n", "$(id)", "`id`",       "<!--",
      "&lt;",      "]]>",      "\"\"\"", "#",   " = ",   "[metadata]", "{}",
      "%{VM_FQN}", "\xC3\xA4", "a",      " ",   "''' ",  ", ",         "\xF0\x9F\x90\xA7",
      "\\u0041"};
  std::string text = "x";
  for (auto count = random() % 8; count > 0; --count) text += kPieces[random() % kPieces.size()];
  return text;
}

Vm random_vm(std::mt19937& random, const Cluster& all) {
  const auto chance = [&] { return random() % 3 == 0; };
  Vm vm = plain_vm(all);
  vm.address = Ipv4{{10, static_cast<std::uint8_t>(random() % 2),
                     static_cast<std::uint8_t>(random()), static_cast<std::uint8_t>(random())}};
  const std::string zone = std::get<Ipv4>(*vm.address).octets[1] == 0 ? "a" : "b";
  if (chance()) vm.zone = ZoneName{zone};
  if (chance()) vm.mac = Mac{{0x02, 7, 0, 0, 0, static_cast<std::uint8_t>(random())}};
  if (chance()) vm.uuid = all.uuid_prefix.with(Mac{{2, 0, 0, 0, 0, 9}});
  if (chance()) vm.disks = {{"/srv/" + zone + "/" + hostile_text(random) + ".raw"}, {"/dev/x"}};
  if (chance()) vm.cpus = {static_cast<int>(random() % 64 + 1)};
  if (chance()) vm.memory = {static_cast<int>(random() % 65536 + 1)};
  if (chance()) vm.nodes = {{"n2.example.org"}, {"n1"}};
  if (chance()) vm.domain_template = FileName{"own.xml"};
  if (chance()) vm.email = hostile_text(random);
  if (chance()) vm.tags = {{"a"}, {"b"}};
  for (auto count = random() % 4; count > 0; --count)
    vm.metadata["k" + std::to_string(count)] = hostile_text(random);
  if (chance()) vm.kind = Kind::local, vm.nodes = {{"n1"}};
  if (chance()) vm.wanted = Wanted::disabled;
  if (chance()) vm.priority = Priority{static_cast<int>(random() % 10)};
  if (chance()) vm.stop_timeout = {300};
  if (chance()) vm.migration_downtime = Milliseconds{250};
  return vm;
}

TEST_CASE("whatever a machine is, its file says the same", "[inventory]") {
  const auto all = cluster();
  std::mt19937 random(7);  // NOLINT: the same each time
  for (int i = 0; i < 500; ++i) {
    const Vm vm = random_vm(random, all);
    const std::string text = vm_file(vm, all);
    const Vm again = read_back(text, vm.name.text, all);
    CAPTURE(text);
    const Identity wanted = derive(vm, all.zones, all.uuid_prefix);
    CHECK(again.identity.fqn == wanted.fqn);
    CHECK(again.identity.mac == wanted.mac);
    CHECK(again.identity.uuid == wanted.uuid);
    CHECK(again.identity.ipv6 == wanted.ipv6);
    CHECK(again.metadata == vm.metadata);
    CHECK(again.email == vm.email);
    if (!vm.disks.empty()) CHECK(again.disks == vm.disks);
    CHECK(vm_file(again, all) == text);
  }
}

TEST_CASE("a value changes where it stands, and nothing else does", "[inventory]") {
  const auto [before, change, after] = GENERATE(table<std::string, std::string, std::string>({
      {"# \xC3\xA4\nname='W'\nmemory  =  1024   # MiB\ncpus=1\n", "memory=2048",
       "# \xC3\xA4\nname='W'\nmemory  =  2048   # MiB\ncpus=1\n"},
      {"\xEF\xBB\xBFmemory=1", "memory=2", "\xEF\xBB\xBFmemory=2"},
      {"host = '''\n\xC3\xA4''' # c\r\nmemory = 0x10\r\n", "memory=007",
       "host = '''\n\xC3\xA4''' # c\r\nmemory = 7\r\n"},
      {"a = '\xC3\xA4\xC3\xA4' # '\nmemory=1", "memory=2", "a = '\xC3\xA4\xC3\xA4' # '\nmemory=2"},
      {"name = 'W' # \xC3\xA4\ncpus = 1 # \xC3\xA4", "cpus=3",
       "name = 'W' # \xC3\xA4\ncpus = 3 # \xC3\xA4"},
      {"metadata = {owner='x', b = \"y\"} # c\n", "metadata.owner=\"z\"",
       "metadata = {owner=\"\\\"z\\\"\", b = \"y\"} # c\n"},
      {"metadata.owner = 'x' # c\n", "metadata.owner=y", "metadata.owner = \"y\" # c\n"},
      {"[metadata]\n  owner='x'\n\n# end\n", "metadata.owner=$(id)",
       "[metadata]\n  owner=\"$(id)\"\n\n# end\n"},
      {"wanted = 'started'\n", "wanted=disabled", "wanted = \"disabled\"\n"},
      {"nodes = ['a', # first\n 'b']\n", "nodes=c,d", "nodes = [\"c\", \"d\"]\n"},
  }));
  CHECK(changed(before, change) == after);
}

TEST_CASE("a new key comes behind the one that precedes it among all keys", "[inventory]") {
  const auto [before, change, after] = GENERATE(table<std::string, std::string, std::string>({
      {"name = 'W'\nhost = 'h'\n\n# why\nkind = 'local'\n", "cpus=2",
       "name = 'W'\nhost = 'h'\ncpus = 2\n\n# why\nkind = 'local'\n"},
      {"name = 'W'\n[metadata]\na = 'b'\n", "priority=5",
       "name = 'W'\npriority = 5\n[metadata]\na = 'b'\n"},
      {"name = 'W'", "priority=5", "name = 'W'\npriority = 5\n"},
      {"name = 'W'\r\n", "priority=5", "name = 'W'\r\npriority = 5\r\n"},
      {"disks = [\n '/a', # one\n]\n[metadata]", "cpus=2",
       "disks = [\n '/a', # one\n]\ncpus = 2\n[metadata]"},
      {"# c\nkind = 'local'\n", "name=w-01", "# c\nname = \"W-01\"\nkind = 'local'\n"},
      {"", "name=w-01", "name = \"W-01\"\n"},
      {"name = 'W'\n", "metadata.a=b", "name = 'W'\n\n[metadata]\na = \"b\"\n"},
      {"name = 'W'", "metadata.a=b", "name = 'W'\n\n[metadata]\na = \"b\"\n"},
      {"name = 'W'\n\n", "metadata.a=b", "name = 'W'\n\n[metadata]\na = \"b\"\n"},
      {"[metadata] # h\n", "metadata.a=b", "[metadata] # h\na = \"b\"\n"},
      {"[metadata]\nx = 'y' # c\n# end", "metadata.a=b",
       "[metadata]\nx = 'y' # c\na = \"b\"\n# end"},
      {"metadata.x = 'y'\nname = 'W'\n", "metadata.a=b",
       "metadata.x = 'y'\nmetadata.a = \"b\"\nname = 'W'\n"},
      {"metadata = {}\n", "metadata.a=b", "metadata = { a = \"b\" }\n"},
      {"name = 'W'\n", "tags=web, prod", "name = 'W'\ntags = [\"web\", \"prod\"]\n"},
      {"name = 'W'\n", "tags+=web", "name = 'W'\ntags = [\"web\"]\n"},
  }));
  CAPTURE(before, change);
  CHECK(changed(before, change) == after);
}

TEST_CASE("a key that goes takes its line along", "[inventory]") {
  const auto [before, change, after] = GENERATE(table<std::string, std::string, std::string>({
      {"# a\nemail = 'x' # why\n# b\n", "email=", "# a\n# b\n"},
      {"name = 'W'\nnodes = [\n'a', # c\n'b'\n] # d\ncpus = 1", "nodes=", "name = 'W'\ncpus = 1"},
      {"name = 'W'\n", "email=", "name = 'W'\n"},
      {"[metadata]\na = 'b'\n", "metadata.a=", "[metadata]\n"},
      {"metadata.a = 'b'\nname = 'W'\n", "metadata.a=", "name = 'W'\n"},
      {"metadata = { a = 'b', c = 'd' }\n", "metadata.a=", "metadata = { c = \"d\" }\n"},
  }));
  CHECK(changed(before, change) == after);
}

TEST_CASE("items come to a list and go from it, and its comments stay", "[inventory]") {
  const auto [before, change, after] = GENERATE(table<std::string, std::string, std::string>({
      {"tags = ['a']\n", "tags+=b", "tags = ['a', \"b\"]\n"},
      {"tags = []\n", "tags+=b", "tags = [\"b\"]\n"},
      {"tags = ['a']\n", "tags+=a", "tags = ['a']\n"},
      {"tags = [\n  'a', # one\n  'b', # two\n]\n", "tags+=c",
       "tags = [\n  'a', # one\n  'b', \"c\", # two\n]\n"},
      {"tags = ['a', 'b', 'c']\n", "tags-=b", "tags = ['a', 'c']\n"},
      {"tags = ['a', 'b', 'c']\n", "tags-=c", "tags = ['a', 'b']\n"},
      {"tags = ['a', 'b', 'c']\n", "tags-=a,c", "tags = ['b']\n"},
      {"tags = ['a']\n", "tags-=a", "tags = []\n"},
      {"tags = ['a' # , ]\n, 'b']\n", "tags-=a", "tags = ['b']\n"},
      {"tags = [ 'a', # one\n 'b' # two\n]\n", "tags-=b", "tags = [ 'a', # one\n  # two\n]\n"},
      {"tags = ['a']\n", "tags-=x", "tags = ['a']\n"},
      {"name = 'W'\n", "tags-=x", "name = 'W'\n"},
  }));
  CAPTURE(before, change);
  CHECK(changed(before, change) == after);
}

TEST_CASE("a change that says nothing or too much is refused with the reason", "[inventory]") {
  const auto [change, reason] = GENERATE(table<std::string, std::string>({
      {"memory", "'memory' is no change of a key"},
      {"=5", "is no change of a key"},
      {"memroy=5", "did you mean 'memory'?"},
      {"memory=lots", "key 'memory' is 'lots', not a number"},
      {"memory=-1", "not a number from 1"},
      {"memory+=5", "key 'memory' is no list"},
      {"metadata=5", "key 'metadata' is a table"},
      {"metadata.Owner=5", "has the name 'Owner'"},
      {"metadata.a=\n", "control characters"},
      {"metadata.a=\xFF", "this is not TOML"},
      {"memory.a=5", "unknown key 'memory.a'"},
      {"nodes=a b", "has an entry that"},
      {"address=10.0.0.256", "not an address"},
      {"template=../../etc/passwd", "key 'template' is"},
  }));
  CAPTURE(change);
  CHECK_THROWS_WITH(changed("name = 'W'\n", change), Contains(reason));
}

TEST_CASE("what cannot be changed alone is left to an editor", "[inventory]") {
  CHECK_THROWS_WITH(
      with_cluster_change("zones = { a = { bridge = 'x' } }\n", "cluster.toml",
                          KeyChange::parse("zones.b.bridge=br1")),
      Contains("cannot be changed without changing more") && Contains("change it with an editor"));
}

TEST_CASE("keys of the cluster's tables change likewise", "[inventory]") {
  const auto change = [](const std::string& text) {
    return with_cluster_change(kCluster, "cluster.toml", KeyChange::parse(text));
  };
  CHECK_THAT(change("defaults.cpus=4"), Contains("memory = 2048\ncpus = 4\n[zones.a]"));
  CHECK_THAT(change("defaults.priority=4"), Contains("'ops@example.org'\npriority = 4\nmemory"));
  CHECK_THAT(change("zones.b.vlan=7"), Contains("bridge = 'br1'\nvlan = 7\n"));
  CHECK_THAT(change("zones.a.ranges+=10.2.0.0/16"), Contains("['10.0.0.0/16', \"10.2.0.0/16\"]"));
  CHECK_THAT(change("nodes.n2.example.org.memory=6"), Contains("address = 'n2'\nmemory = 6\n"));
  CHECK_THAT(change("nodes.n3.example.org.address=n3"),
             Contains("\n\n[nodes.\"n3.example.org\"]\naddress = \"n3\"\n"));
  CHECK_THAT(change("templates.domain=own.xml"), Contains("\n[templates]\ndomain = \"own.xml\"\n"));
  CHECK_THAT(change("ping_hosts+=10.9.0.3"), Contains("ping_hosts = ['10.9.0.1', \"10.9.0.3\"]"));
  CHECK_THROWS_WITH(change("zones.vlan=7"), Contains("unknown key 'zones.vlan'"));
  CHECK_THROWS_WITH(change("defaults.name=W"), Contains("unknown key 'name'"));
}

}  // namespace
