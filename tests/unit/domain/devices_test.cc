#include "domain/devices.h"

#include "base/error.h"
#include "support/catch.h"

using namespace havc::domain;
using havc::Error;

namespace {

Devices devices_with(const std::string& elements) {
  return parse_devices(
      "<domain type='kvm'><name>vm1</name><devices>" + elements + "</devices></domain>", "vm1");
}

Devices domain_with(const std::string& elements) {
  return parse_devices("<domain type='kvm'><name>vm1</name>" + elements + "</domain>", "vm1");
}

}  // namespace

TEST_CASE("a disk in a file is read with all that matters for moving it", "[devices]") {
  const auto devices = devices_with(
      "<disk type='file' device='disk'><driver name='qemu' cache='writeback'/>"
      "<source file='/srv/a &amp; b.qcow2'/><target dev='vda' bus='virtio'/><shareable/></disk>");
  REQUIRE(devices.disks.size() == 1);
  const Disk& disk = devices.disks[0];
  CHECK(disk.target == "vda");
  CHECK(disk.device == "disk");
  CHECK(disk.kind == DiskKind::file);
  CHECK(disk.source == "/srv/a & b.qcow2");
  CHECK(disk.cache == "writeback");
  CHECK(disk.shareable);
  CHECK_FALSE(disk.readonly);
  CHECK_FALSE(disk.transient);
}

TEST_CASE("each kind of disk is told from the others", "[devices]") {
  const auto devices = devices_with(
      "<disk type='block'><source dev='/dev/vg/vm1'/><target dev='vda'/></disk>"
      "<disk type='network'><source protocol='rbd' name='pool/vm1'/><target dev='vdb'/></disk>"
      "<disk type='volume'><source pool='fast' volume='vm1.raw'/><target dev='vdc'/></disk>"
      "<disk type='nvme'><source type='pci'/><target dev='vdd'/></disk>"
      "<disk type='file' device='cdrom'><target dev='sda'/></disk>");
  REQUIRE(devices.disks.size() == 5);
  CHECK(devices.disks[0].kind == DiskKind::block);
  CHECK(devices.disks[0].source == "/dev/vg/vm1");
  CHECK(devices.disks[1].kind == DiskKind::network);
  CHECK(devices.disks[1].source == "rbd:pool/vm1");
  CHECK(devices.disks[2].kind == DiskKind::volume);
  CHECK(devices.disks[2].pool == "fast");
  CHECK(devices.disks[2].volume == "vm1.raw");
  CHECK(devices.disks[3].kind == DiskKind::other);
  CHECK(devices.disks[4].kind == DiskKind::none);
  CHECK(devices.disks[4].readonly);
}

TEST_CASE("the backing chain and the block job of a live disk are read", "[devices]") {
  const auto devices = devices_with(
      "<disk type='file'><source file='/top' index='2'/>"
      "<backingStore type='file' index='3'><format type='qcow2'/><source file='/middle'/>"
      "<backingStore type='block'><source dev='/dev/base'/><backingStore/></backingStore>"
      "</backingStore><mirror type='file' job='active-commit'/><target dev='vda'/></disk>");
  CHECK(devices.disks.at(0).backing == std::vector<std::string>{"/middle", "/dev/base"});
  CHECK(devices.disks.at(0).job == "active-commit");
}

TEST_CASE("a transient disk is seen", "[devices]") {
  CHECK(
      devices_with("<disk type='file'><source file='/a'/><transient/></disk>").disks[0].transient);
}

TEST_CASE("interfaces tell what of the host they need", "[devices]") {
  const auto devices = devices_with(
      "<interface type='network'><source network='lan' bridge='virbr0'/></interface>"
      "<interface type='network'><source network='lan'/></interface>"
      "<interface type='bridge'><source bridge='br0'/><target dev='vnet3'/></interface>"
      "<interface type='bridge'><source bridge='ovs0'/><virtualport "
      "type='openvswitch'/></interface>"
      "<interface type='direct'><source dev='eno1' mode='bridge'/></interface>");
  CHECK(devices.networks() == std::vector<std::string>{"lan"});
  CHECK(devices.interfaces[0].bridge.empty());
  CHECK(devices.interfaces[2].bridge == "br0");
  CHECK(devices.interfaces[2].target == "vnet3");
  CHECK(devices.interfaces[3].virtual_port);
  CHECK(devices.interfaces[4].device == "eno1");
}

TEST_CASE("a live interface of a network onto a bridge is still one of the network", "[devices]") {
  const auto devices = devices_with(
      "<interface type='bridge'><source network='lan' portid='1' bridge='br0'/></interface>");
  CHECK(devices.networks() == std::vector<std::string>{"lan"});
  CHECK(devices.interfaces[0].bridge.empty());
}

TEST_CASE("devices of the host are named as the administrator names them", "[devices]") {
  const auto devices = devices_with(
      "<hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x03' "
      "slot='0x00' function='0x1'/></source></hostdev>"
      "<hostdev mode='subsystem' type='mdev'><source><address uuid='c2177883'/></source></hostdev>"
      "<hostdev mode='subsystem' type='usb'><source/><alias name='hostdev2'/></hostdev>"
      "<interface type='hostdev'><source><address type='pci' domain='0x0000' bus='0x07' "
      "slot='0x10' function='0x0'/></source><teaming type='transient' "
      "persistent='ua'/></interface>");
  REQUIRE(devices.host_devices.size() == 4);
  CHECK(devices.host_devices[0].name == "0000:03:00.1");
  CHECK_FALSE(devices.host_devices[0].unplugged);
  CHECK(devices.host_devices[1].type == "mdev");
  CHECK(devices.host_devices[1].name == "c2177883");
  CHECK(devices.host_devices[2].name == "hostdev2");
  CHECK(devices.host_devices[3].name == "0000:07:10.0");
  CHECK(devices.host_devices[3].unplugged);
}

TEST_CASE("folders, TPM and guest agent are read", "[devices]") {
  const auto devices = devices_with(
      "<filesystem type='mount'><driver type='virtiofs'/><source dir='/srv'/><target dir='srv'/>"
      "</filesystem><tpm model='tpm-crb'><backend type='emulator' persistent_state='yes'/></tpm>"
      "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' "
      "state='connected'/></channel><channel type='spicevmc'><target "
      "name='com.redhat'/></channel>");
  CHECK(devices.folders.at(0).driver == "virtiofs");
  CHECK(devices.folders.at(0).target == "srv");
  CHECK(devices.tpm == "emulator");
  CHECK(devices.tpm_persistent_state);
  CHECK(devices.agent_channel);
  CHECK(devices.agent_connected);
}

TEST_CASE("memory is KiB whatever its unit", "[devices]") {
  const auto [xml, kib] =
      GENERATE(table<std::string, std::uint64_t>({{"<memory>1048576</memory>", 1048576},
                                                  {"<memory unit='KiB'> 2048 </memory>", 2048},
                                                  {"<memory unit='MiB'>16</memory>", 16384},
                                                  {"<memory unit='GiB'>2</memory>", 2097152},
                                                  {"<memory unit='G'>1</memory>", 1048576},
                                                  {"<memory unit='bytes'>4096</memory>", 4},
                                                  {"<memory unit='MB'>1024</memory>", 1000000},
                                                  {"<memory unit='TiB'>99999999999999</memory>", 0},
                                                  {"<memory unit='parsec'>1</memory>", 0}}));
  INFO(xml);
  CHECK(domain_with(xml).memory_kib == kib);
}

TEST_CASE("hugepages have the size that the XML states, or the usual one", "[devices]") {
  const auto size = [](const std::string& inner) {
    return domain_with("<memoryBacking>" + inner + "</memoryBacking>").hugepage_kib;
  };
  CHECK(size("") == 0);
  CHECK(size("<hugepages/>") == kDefaultHugepage);
  CHECK(size("<hugepages><page size='1' unit='G'/></hugepages>") == 1048576);
  CHECK(size("<hugepages><page size='1' unit='G' nodeset='0'/></hugepages>") == 0);
}

TEST_CASE("the CPU element is kept whole for comparing it", "[devices]") {
  const auto devices = domain_with(
      "<os><type arch='x86_64' machine='pc'>hvm</type></os><vcpu current='1'>4</vcpu>"
      "<cpu mode='custom'><model>qemu64</model></cpu>");
  CHECK(devices.cpu == "<cpu mode=\"custom\"><model>qemu64</model></cpu>");
  CHECK(devices.cpu_mode == "custom");
  CHECK(devices.machine == "pc");
  CHECK(devices.arch == "x86_64");
  CHECK(devices.vcpus == 4);
  CHECK(domain_with("").cpu.empty());
}

TEST_CASE("the domain in libvirt's run state is read as well", "[devices]") {
  CHECK(parse_devices("<domstatus><domain type='kvm'><name>a</name></domain></domstatus>", "x")
            .name == "a");
}

TEST_CASE("what is no domain is refused", "[devices]") {
  CHECK_THROWS_AS(parse_devices("<network/>", "x"), Error);
  CHECK_THROWS_AS(parse_devices("<domain", "x"), Error);
}
