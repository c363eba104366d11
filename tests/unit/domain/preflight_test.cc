#include "domain/preflight.h"

#include "support/catch.h"

using namespace havc::domain;

namespace {

constexpr unsigned long kOldLibvirt = 8000000;
constexpr unsigned long kNewLibvirt = 11000000;

Departing guest_with(const std::string& devices, unsigned long libvirt = kOldLibvirt) {
  Departing here;
  here.devices = parse_devices(
      "<domain type='kvm'><name>vm1</name><devices>" + devices + "</devices></domain>", "vm1");
  here.lacks.libvirt = libvirt;
  return here;
}

Obstacles judge(const Departing& here, const Lacks& there = {}, const MigrationPlan& plan = {}) {
  return obstacles(here, there, plan, "node2");
}

std::string first(const Obstacles& found) {
  return found.certain.empty() ? "" : found.certain.front().problem;
}

Lacks lack(Need need, const std::string& name, const std::string& words, bool inactive = false) {
  return {{{need, name, words, inactive}}, {}};
}

constexpr char kPci[] =
    "<hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x03' slot='0x00' "
    "function='0x0'/></source></hostdev>";
constexpr char kVirtiofs[] =
    "<filesystem><driver type='virtiofs'/><target dir='share'/></filesystem>";

}  // namespace

TEST_CASE("nothing is in the way of an ordinary guest", "[preflight]") {
  const auto found = judge(guest_with(
      "<disk type='file'><driver cache='none'/><source file='/srv/a'/><target dev='vda'/></disk>"
      "<interface type='network'><source network='lan'/></interface>"));
  CHECK(found.certain.empty());
  CHECK(found.doubts.empty());
}

TEST_CASE("a host device stays where it is, as far as libvirt is known to refuse it",
          "[preflight]") {
  CHECK(first(judge(guest_with(kPci))) == "pci host device '0000:03:00.0' cannot be moved");
  const auto later = judge(guest_with(kPci, kNewLibvirt));
  CHECK(later.certain.empty());
  CHECK(later.doubts.size() == 1);
  CHECK(judge(guest_with(kPci, 0)).certain.empty());
}

TEST_CASE("USB devices, and those that QEMU unplugs, are in nobody's way", "[preflight]") {
  const auto found = judge(guest_with(
      "<hostdev mode='subsystem' type='usb'><source/></hostdev><interface type='hostdev'><source>"
      "<address type='pci' bus='0x07'/></source><teaming type='transient'/></interface>"));
  CHECK(found.certain.empty());
  CHECK(found.doubts.empty());
}

TEST_CASE("virtiofs is in the way of a libvirt that cannot move it", "[preflight]") {
  CHECK(first(judge(guest_with(kVirtiofs))) == "virtiofs folder 'share' cannot be moved");
  CHECK(judge(guest_with(kVirtiofs, kNewLibvirt)).certain.empty());
}

TEST_CASE("9p is in the way only while it is mounted, which is not known", "[preflight]") {
  const auto found =
      judge(guest_with("<filesystem><driver type='path'/><target dir='share'/></filesystem>"));
  CHECK(found.certain.empty());
  CHECK(found.doubts.size() == 1);
}

TEST_CASE("a transient disk and one with a block job are named", "[preflight]") {
  CHECK(first(judge(guest_with("<disk type='file'><source file='/a'/><target dev='vdb'/>"
                               "<transient/></disk>"))) ==
        "disk 'vdb' is transient, which cannot be moved");
  CHECK(first(judge(guest_with("<disk type='file'><source file='/a'/><target dev='vdb'/>"
                               "<mirror job='copy'/></disk>"))) ==
        "disk 'vdb' has a block job (copy)");
}

TEST_CASE("a cache mode alone refuses nothing", "[preflight]") {
  const auto found =
      judge(guest_with("<disk type='file'><driver cache='writeback'/><source file='/a'/><target "
                       "dev='vda'/></disk>"));
  CHECK(found.certain.empty());
  CHECK(found.doubts.size() == 1);
}

TEST_CASE("local storage is in the way unless the administrator says it is safe", "[preflight]") {
  Departing here;
  here.local_disks = {{"vda", "'/srv/vm1.qcow2' (ext4)"}};
  CHECK(first(judge(here)) == "disk 'vda' is on local storage: '/srv/vm1.qcow2' (ext4)");
  MigrationPlan plan;
  plan.unsafe = true;
  CHECK(judge(here, {}, plan).certain.empty());
}

TEST_CASE("local storage that is copied along is in nobody's way", "[preflight]") {
  Departing here;
  here.local_disks = {{"vda", "'/srv/a' (ext)"}};
  MigrationPlan plan;
  plan.storage = StorageCopy::all;
  CHECK(judge(here, {}, plan).certain.empty());
  plan.disks = {"vdb"};
  CHECK(judge(here, {}, plan).certain.size() == 1);
}

TEST_CASE("a job comes before what else is in the way", "[preflight]") {
  auto here = guest_with(kPci);
  here.job = "a backup";
  CHECK(first(judge(here)) == "a backup of the domain is under way");
  CHECK(judge(here).certain.size() == 2);
}

TEST_CASE("what the target lacks is named with the node", "[preflight]") {
  const auto [lacks, problem] = GENERATE(table<Lacks, std::string>(
      {{lack(Need::network, "lan", "is not active", true),
        "network 'lan' is not active on 'node2'"},
       {lack(Need::pool, "fast", "does not exist"), "pool 'fast' does not exist on 'node2'"},
       {lack(Need::bridge, "br0", "does not exist"), "bridge 'br0' does not exist on 'node2'"},
       {lack(Need::cpu, "", "no avx512f"), "CPU of 'node2': no avx512f"},
       {lack(Need::emulator, "", "no such machine"),
        "QEMU of 'node2' cannot run it: no such machine"},
       {lack(Need::memory, "", "1 MiB free"), "memory of 'node2': 1 MiB free"},
       {lack(Need::hugepages, "", "0 free"), "memory of 'node2': 0 free"}}));
  const auto found = judge({}, lacks);
  CHECK(first(found) == problem);
  CHECK_FALSE(found.certain.front().remedy.empty());
}

TEST_CASE("a network that is only not started can be started by the agent", "[preflight]") {
  CHECK(judge({}, lack(Need::network, "lan", "is not active", true)).certain.front().remedy ==
        "start it there, or set start_resources=1");
  CHECK_THAT(judge({}, lack(Need::network, "lan", "does not exist")).certain.front().remedy,
             Catch::StartsWith("define"));
}

TEST_CASE("what this host lacks as well, while the guest runs on it, proves nothing",
          "[preflight]") {
  const Need need = GENERATE(Need::cpu, Need::emulator, Need::bridge);
  Departing here;
  here.lacks = lack(need, "x", "is odd");
  const auto found = judge(here, lack(need, "x", "is odd"));
  CHECK(found.certain.empty());
  CHECK(found.doubts.size() == 1);
}

TEST_CASE("a network is needed there even if it has gone here", "[preflight]") {
  Departing here;
  here.lacks = lack(Need::network, "lan", "is not active");
  CHECK(judge(here, lack(Need::network, "lan", "is not active")).certain.size() == 1);
}

TEST_CASE("what the target cannot tell is a doubt", "[preflight]") {
  const auto found = judge({}, {{}, {"bridge 'br0': not supported"}});
  CHECK(found.certain.empty());
  CHECK(found.doubts ==
        std::vector<std::string>{"'node2' cannot tell: bridge 'br0': not supported"});
}

TEST_CASE("the needs of a guest are what the other host has to have", "[preflight]") {
  const auto devices = parse_devices(
      "<domain type='kvm'><memory unit='GiB'>4</memory><os><type arch='x86_64' machine='pc'>hvm"
      "</type></os><cpu mode='custom'><model>qemu64</model></cpu><devices><emulator>/q</emulator>"
      "<interface type='bridge'><source bridge='br0'/></interface>"
      "<interface type='bridge'><source bridge='ovs'/><virtualport type='openvswitch'/></interface>"
      "<interface type='direct'><source dev='eno1'/></interface></devices></domain>",
      "vm1");
  const auto needs = needs_of(devices, 1000);
  CHECK(needs.type == "kvm");
  CHECK(needs.emulator == "/q");
  CHECK_FALSE(needs.cpu.empty());
  CHECK(needs.bridges == std::vector<std::string>{"br0", "eno1"});
  CHECK(needs.memory_kib == 1000);
}

TEST_CASE("hugepages are taken all at once, other memory as it is used", "[preflight]") {
  const auto devices = parse_devices(
      "<domain type='kvm'><memory unit='GiB'>4</memory><memoryBacking><hugepages/></memoryBacking>"
      "</domain>",
      "vm1");
  const auto needs = needs_of(devices, 1000);
  CHECK(needs.hugepage_kib == 2048);
  CHECK(needs.memory_kib == 4194304);
}

TEST_CASE("a CPU that is the host's own is not compared", "[preflight]") {
  const auto devices = parse_devices("<domain><cpu mode='host-passthrough'/></domain>", "vm1");
  CHECK(needs_of(devices, 0).cpu.empty());
  Departing here;
  here.devices = devices;
  CHECK(judge(here).doubts.size() == 1);
}
