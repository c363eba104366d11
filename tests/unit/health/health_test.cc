// What is wrong right now, of made-up reports: a cluster in which all is well, and one thing
// spoilt.

#include "health/health.h"

#include "inventory/names.h"
#include "support/catch.h"

#include <functional>

using namespace havc;
using namespace havc::health;

namespace {

node::Report well(const std::string& name, unsigned id) {
  node::Report report;
  report.host = name;
  report.havc = "1";
  report.synchronised = true;
  report.cpu_model = std::string("Xeon");
  report.cpu_flags = std::string("avx fpu");
  report.memory = node::Memory{64, 32};
  report.hugepages = node::Hugepages{2 << 20, 0, 0};
  report.kvm = true;
  report.mounts = {{"/srv/vm", "/srv/vm", "nfs4", "filer:/vm", false,
                    node::Space{1ULL << 40U, 1ULL << 39U, 1000, 500}}};
  report.bridges = {
      {{"br0", true, true, true, false, {{"eth0.4", true, false, 4}, {"vnet0", true, true, {}}}}}};
  report.names = {{"n2", std::vector<std::string>{"192.0.2.2"}}};
  report.libvirt = node::Libvirt{"9.0.0", "7.2.0", {}};
  report.services = {{{"corosync", "loaded", "active", "enabled"},
                      {"pacemaker", "loaded", "active", "enabled"},
                      {"corosync-qdevice", "not-found", "inactive", ""}}};
  report.corosync =
      node::Corosync{id, "knet", {{3 - id, true, {{0, "192.0.2.1", "192.0.2.2", true, true}}}}};
  report.quorum_device = node::QuorumDevice{};
  report.packages = std::map<std::string, std::string>{{"pacemaker", "2.1.5"}};
  report.fencing = node::Fencing{
      {{"f1", true, ""}},
      {{"n1", std::vector<std::string>{"f1"}}, {"n2", std::vector<std::string>{"f1"}}}};
  report.domains =
      node::Folder{node::kDomainFolder,
                   true,
                   "ext4",
                   true,
                   {{"WEB-01_intranet.xml", node::FileKind::regular, 1, 0600, std::string("aa")}}};
  report.inventory = node::Folder{node::kInventoryFolder, true, "ext4", true, {}};
  return report;
}

struct Cluster {
  cluster::Status status;
  cluster::Configuration configuration;
  inventory::Inventory inventory;
  Situation situation;

  Cluster() {
    status.dc = "n1";
    status.quorate = true;
    status.nodes = {{.name = "n1", .online = true}, {.name = "n2", .online = true}};
    cluster::Resource vm{.id = "WEB-01_intranet",
                         .agent = "ocf:havc:LibvirtQemu",
                         .role = "Started",
                         .nodes = {"n1"},
                         .active = true};
    cluster::Resource fence{.id = "f1",
                            .agent = "stonith:fence_ibmbc",
                            .role = "Started",
                            .nodes = {"n1"},
                            .active = true};
    status.resources = {vm, fence};
    configuration.vms.push_back({.id = vm.id, .agent = vm.agent});
    inventory::Zone zone;
    zone.name.text = "intranet";
    zone.bridge.text = "br0";
    zone.vlan = inventory::Vlan{4};
    inventory.cluster.zones.push_back(zone);
    situation.nodes = {{.name = "n1", .report = well("n1", 1)},
                       {.name = "n2", .report = well("n2", 2)}};
    node::Domain domain;
    domain.seen = {{vm.id, "u"}, domain::State::running};
    report(0).libvirt = node::Libvirt{"9.0.0", "7.2.0", {domain}};
    situation.status = &status;
    situation.configuration = &configuration;
    situation.inventory = &inventory;
    situation.definitions = std::map<std::string, std::string>{{"WEB-01_intranet.xml", "aa"}};
    for (auto& seen : situation.nodes) seen.clock = ClockOffset{};
  }
  Cluster(const Cluster&) = delete;

  node::Report& report(std::size_t index) { return *situation.nodes[index].report; }
  std::vector<std::string> find() const {
    std::vector<std::string> words;
    for (const auto& finding : health::health(situation).findings) {
      words.push_back(std::string(finding.code) + ":" + finding.object);
    }
    return words;
  }
};

struct Case {
  std::string found;
  std::function<void(Cluster&)> spoil;
};

std::vector<Case> machine_cases() {
  using namespace std::chrono_literals;
  return {
      {"node-not-reached:n2", [](Cluster& c) { c.situation.nodes[1] = {.name = "n2"}; }},
      {"node-is-another:n2",
       [](Cluster& c) { c.situation.nodes[1] = {.name = "n2", .another = "n1"}; }},
      {"node-offline:n2",
       [](Cluster& c) {
         c.status.nodes[1].online = false;
         c.situation.nodes[1] = {.name = "n2", .silence = "no route"};
       }},
      {"libvirt-silent:n2",
       [](Cluster& c) { c.report(1).libvirt = node::Answer<node::Libvirt>::none("timed out"); }},
      {"kvm-missing:n2",
       [](Cluster& c) {
         c.report(1).kvm = false;
         c.situation.kvm_guests = {"WEB-01_intranet"};
       }},
      {"clock-unsynchronised:n1", [](Cluster& c) { c.report(0).synchronised = false; }},
      {"clock-offset:n1",
       [](Cluster& c) {
         c.situation.nodes.push_back(
             {.name = "n3", .report = well("n3", 3), .clock = ClockOffset{}});
         c.situation.nodes[0].clock = ClockOffset{-3s, 100ms};
       }},
      {"service-not-running:n2",
       [](Cluster& c) {
         c.report(1).services = {{{"corosync", "loaded", "inactive", "disabled"}}};
       }},
      {"cpu-model-differs:n1", [](Cluster& c) { c.report(0).cpu_model = std::string("EPYC"); }},
      {"cpu-flags-differ:n2", [](Cluster& c) { c.report(1).cpu_flags = std::string("fpu"); }},
      {"hugepages-differ:n1",
       [](Cluster& c) {
         c.report(1).hugepages = node::Hugepages{2 << 20, 512, 512};
       }},
      {"package-version-differs:n1",
       [](Cluster& c) {
         c.report(1).packages = std::map<std::string, std::string>{{"pacemaker", "2.1.6"}};
       }},
      {"havc-version-differs:n1", [](Cluster& c) { c.report(1).havc = "2"; }},
      {"definition-missing:n2",
       [](Cluster& c) {
         c.report(1).domains = node::Folder{node::kDomainFolder, true, "ext4", true, {}};
       }},
      {"definition-changed:n1",
       [](Cluster& c) { c.report(0).domains.value->files[0].sha256 = std::string("bb"); }},
      {"definition-changed:n2",
       [](Cluster& c) { c.report(1).domains.value->files[0].kind = node::FileKind::link; }},
      {"definition-extra:n2",
       [](Cluster& c) {
         c.report(1).domains.value->files.push_back(
             {"x.xml", node::FileKind::regular, 1, 0600, std::string("aa")});
       }},
      {"inventory-copy-differs:n1",
       [](Cluster& c) {
         c.report(1).inventory.value->files.push_back(
             {"cluster.toml", node::FileKind::regular, 1, 0600, std::string("aa")});
       }},
  };
}

std::vector<Case> storage_cases() {
  const auto space = [](Cluster& c) -> node::Space& { return *c.report(1).mounts[0].space.value; };
  return {
      {"storage-hangs:n2",
       [](Cluster& c) {
         c.report(1).mounts[0].space = node::Answer<node::Space>::none("no answer in time");
       }},
      {"storage-missing:n2",
       [](Cluster& c) {
         c.report(1).mounts[0].space = node::Answer<node::Space>::none("No such file or directory");
       }},
      {"storage-not-mounted:n2",
       [](Cluster& c) {
         c.report(1).mounts[0].mounted_on = "/";
         c.report(1).mounts[0].type = "ext4";
       }},
      {"storage-read-only:n2", [](Cluster& c) { c.report(1).mounts[0].read_only = true; }},
      {"storage-differs:n1", [](Cluster& c) { c.report(1).mounts[0].source = "other:/vm"; }},
      {"storage-full:n2", [=](Cluster& c) { space(c).free_bytes = 1; }},
      {"storage-low:n2", [=](Cluster& c) { space(c).free_bytes = 1ULL << 36U; }},
      {"storage-full:n2", [=](Cluster& c) { space(c).free_inodes = 0; }},
      {"bridge-missing:n2", [](Cluster& c) { c.report(1).bridges = {{{"br0"}}}; }},
      {"bridge-down:n2", [](Cluster& c) { c.report(1).bridges.value->at(0).ports[0].up = false; }},
      {"bridge-down:n2", [](Cluster& c) { c.report(1).bridges.value->at(0).up = false; }},
      {"bridge-without-uplink:n2",
       [](Cluster& c) {
         auto& ports = c.report(1).bridges.value->at(0).ports;
         ports.erase(ports.begin());
       }},
      {"bridge-vlan:n2", [](Cluster& c) { c.report(1).bridges.value->at(0).ports[0].vlan = 5; }},
      {"name-unresolved:n1",
       [](Cluster& c) { c.report(0).names[0].addresses = std::vector<std::string>(); }},
      {"corosync-silent:n1",
       [](Cluster& c) { c.report(0).corosync = node::Answer<node::Corosync>::none("off"); }},
      {"corosync-link-down:n1",
       [](Cluster& c) { c.report(0).corosync.value->peers[0].links[0].connected = false; }},
      {"quorum-device-down:n1",
       [](Cluster& c) {
         c.report(0).quorum_device = node::QuorumDevice{true, "Net", "q", "Connect failed"};
       }},
  };
}

std::vector<Case> cluster_cases() {
  const auto vm = [](Cluster& c) -> cluster::Resource& { return c.status.resources[0]; };
  const auto fencing = [](Cluster& c) -> node::Fencing& { return *c.report(0).fencing.value; };
  return {
      {"cluster-not-reached:", [](Cluster& c) { c.situation.status = nullptr; }},
      {"cluster-without-quorum:", [](Cluster& c) { c.status.quorate = false; }},
      {"cluster-maintenance:", [](Cluster& c) { c.status.maintenance_mode = true; }},
      {"node-maintenance:n2", [](Cluster& c) { c.status.nodes[1].standby = true; }},
      {"fencing-failed:n2",
       [](Cluster& c) {
         c.status.fencing = {{"n2", "reboot", cluster::Fencing::Progress::failed, "no", "now"}};
       }},
      {"fence-device-failed:f1",
       [=](Cluster& c) {
         fencing(c).devices[0] = {"f1", false, "no answer"};
       }},
      {"fence-device-failed:f1",
       [=](Cluster& c) { fencing(c).devices[0].works = node::Answer<bool>::none("timed out"); }},
      {"fence-device-stopped:f1",
       [](Cluster& c) {
         c.status.resources[1].active = false;
         c.status.resources[1].nodes.clear();
       }},
      {"node-not-fenceable:n2",
       [=](Cluster& c) { fencing(c).targets[1].devices = std::vector<std::string>(); }},
      {"node-several-devices:n2",
       [=](Cluster& c) {
         fencing(c).targets[1].devices = std::vector<std::string>{"f1", "f2"};
       }},
      {"resource-failed:f1",
       [](Cluster& c) {
         c.status.failures = {{"f1", "n1", "monitor", "error", "now", 1}};
       }},
      {"resource-unmanaged:f1", [](Cluster& c) { c.status.resources[1].managed = false; }},
      {"vm-blocked:WEB-01_intranet", [=](Cluster& c) { vm(c).blocked = true; }},
      {"vm-unmanaged:WEB-01_intranet", [=](Cluster& c) { vm(c).managed = false; }},
      {"vm-duplicate:WEB-01_intranet",
       [](Cluster& c) { c.report(1).libvirt = c.report(0).libvirt; }},
      {"vm-paused:WEB-01_intranet",
       [](Cluster& c) {
         c.report(0).libvirt.value->domains[0].seen.state = domain::State::paused;
       }},
      {"vm-stranded:WEB-01_intranet",
       [](Cluster& c) {
         c.configuration.stranded = {{"WEB-01_intranet", "n2", "n1"}};
       }},
  };
}

void check(const Case& each) {
  Cluster cluster;
  each.spoil(cluster);
  const auto found = cluster.find();
  INFO(each.found);
  CHECK_THAT(found, Catch::VectorContains(each.found));
}

}  // namespace

TEST_CASE("of a cluster in which all is well, nothing is found", "[health]") {
  const Cluster cluster;
  CHECK(cluster.find().empty());
  CHECK(health::health(cluster.situation).doubts.empty());
}

TEST_CASE("what is wrong with a machine is found", "[health]") {
  for (const auto& each : machine_cases()) check(each);
}

TEST_CASE("what is wrong with storage and network is found", "[health]") {
  for (const auto& each : storage_cases()) check(each);
}

TEST_CASE("what is wrong with the cluster and its guests is found", "[health]") {
  for (const auto& each : cluster_cases()) check(each);
}

TEST_CASE("a guest between its stop and its start is not in want of a node", "[health]") {
  Cluster moves;
  auto& vm = moves.status.resources[0];
  vm = {.id = vm.id, .agent = vm.agent, .role = "Stopped"};
  moves.report(0).libvirt.value->domains.clear();
  moves.configuration.deeds = {
      {.resource = vm.id, .node = "n1", .operation = "stop", .begun = 1000, .done = true}};
  moves.status.now = 1003;
  CHECK(moves.find().empty());
  moves.status.now = 1100;
  CHECK(moves.find() == std::vector<std::string>{"vm-waiting:WEB-01_intranet"});
}

TEST_CASE("a fence device that is a clone is one device", "[health]") {
  Cluster cluster;
  cluster.report(0).fencing.value->targets[1].devices = std::vector<std::string>{"f1:0", "f1"};
  CHECK(cluster.find().empty());
}

TEST_CASE("what was not answered is a doubt, and no finding", "[health]") {
  Cluster cluster;
  cluster.report(0).hugepages = node::Answer<node::Hugepages>::none("?");
  cluster.report(1).domains = node::Answer<node::Folder>::none("no answer in time");
  CHECK(cluster.find().empty());
  CHECK(health::health(cluster.situation).doubts ==
        std::vector<std::string>{"n1: hugepages: ?", "n2: /etc/havc/libvirt: no answer in time"});
}

TEST_CASE("names that a name server leaves open are one doubt a node", "[health]") {
  Cluster cluster;
  const auto open = node::Answer<std::vector<std::string>>::none("timed out");
  cluster.report(0).names = {{"n1", open}, {"n2", open}};
  CHECK(health::health(cluster.situation).doubts ==
        std::vector<std::string>{"n1: the address of 'n1', 'n2': timed out"});
}

TEST_CASE("a node without KVM lacks nothing when its guests are emulated", "[health]") {
  Cluster cluster;
  cluster.report(1).kvm = false;
  CHECK(health::health(cluster.situation).findings.empty());
}

TEST_CASE("a definition tells what it needs of nodes", "[health]") {
  const auto needs = needs_of(
      "<domain type='kvm'><name>a</name><devices><interface type='bridge'><source bridge='br0'/>"
      "</interface><interface type='user'/></devices></domain>");
  CHECK(needs.kvm);
  CHECK(needs.bridges == std::vector<std::string>{"br0"});
  CHECK_FALSE(needs_of("<domain type='qemu'><name>a</name></domain>").kvm);
}

TEST_CASE("a node that is offline anyway leaves no doubt", "[health]") {
  Cluster cluster;
  cluster.status.nodes[1].online = false;
  cluster.situation.nodes[1] = {.name = "n2", .silence = "no route"};
  CHECK(health::health(cluster.situation).doubts.empty());
}

TEST_CASE("the offset of a clock is between those that the way allows", "[health]") {
  node::Report report;
  report.began = 1'500;
  report.ended = 1'700;
  const auto same = offset_of(1'400, 1'800, report);
  CHECK(same.offset.count() == 0);
  CHECK(same.doubt.count() == 100);
  const auto ahead = offset_of(400, 800, report);
  CHECK(ahead.offset.count() == 1'000);
}

TEST_CASE("each rule of health says what it is, why and what to do", "[health]") {
  const auto rules = health_rules();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    INFO(rules[i].code);
    CHECK_FALSE(rules[i].title.empty());
    CHECK_FALSE(rules[i].reason.empty());
    CHECK_FALSE(rules[i].fix.empty());
    if (i > 0) CHECK(rules[i - 1].code < rules[i].code);
  }
}
