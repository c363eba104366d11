#include "importer/libvirt.h"

#include "base/error.h"
#include "importer/domain.h"
#include "inventory/read.h"
#include "inventory/render.h"
#include "support/catch.h"

namespace {

using namespace havc;
using namespace havc::importer;
using Catch::Matchers::Contains;

inventory::Cluster cluster() {
  std::vector<Error> problems;
  auto read = inventory::read_cluster(
      "ping_hosts = []\n[zones.intranet]\nbridge = 'br0'\nranges = ['192.168.4.0/24']\n"
      "folders = ['/srv/vm']\n[zones.dmz]\nbridge = 'br1'\nranges = ['192.168.5.0/24']\n"
      "folders = ['/srv/dmz']\n[nodes.n1]\naddress = 'n1'\n",
      "cluster.toml", problems);
  for (const auto& problem : problems) FAIL(problem.what());
  return *read;
}

/// What libvirt says of a domain that runs.
std::string running(const std::string& name, const std::string& more = "") {
  return "<domain type='kvm' id='7' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
         "<name>" +
         name +
         "</name><uuid>68617663-0000-4000-8000-0200c0a80465</uuid>\n"
         "<memory unit='KiB'>2097152</memory><currentMemory unit='KiB'>2097152</currentMemory>\n"
         "<vcpu placement='static'>2</vcpu><resource><partition>/machine</partition></resource>\n"
         "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n"
         "<metadata><havc:resource xmlns:havc='urn:havc:domain:1' instance='x'/></metadata>\n"
         "<devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
         "<source file='/srv/vm/web.qcow2' index='1'/><backingStore/>"
         "<target dev='vda' bus='virtio'/><alias name='virtio-disk0'/></disk>\n"
         "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>\n"
         "<interface type='bridge'><mac address='02:00:c0:a8:04:65'/><source bridge='br0'/>"
         "<target dev='vnet3'/><model type='virtio'/><alias name='net0'/></interface>\n"
         "<serial type='pty'><source path='/dev/pts/3'/><target port='0'/></serial>\n"
         "<console type='pty' tty='/dev/pts/3'><source path='/dev/pts/3'/></console>\n"
         "<channel type='unix'><source mode='bind' path='/var/lib/libvirt/qemu/channel/x'/>"
         "<target type='virtio' name='org.qemu.guest_agent.0' state='connected'/></channel>\n"
         "<graphics type='vnc' port='5901' autoport='yes' passwd='s3cret'/>\n" +
         more +
         "</devices><seclabel type='dynamic' model='dac' relabel='yes'><label>+1:+1</label>"
         "</seclabel></domain>\n";
}

inventory::Vm only_vm(const Import& import, const inventory::Cluster& all) {
  std::vector<Error> problems;
  const auto& file = import.files.back();
  const auto vm = inventory::read_vm(file.text, file.path, all, problems);
  for (const auto& problem : problems) FAIL(problem.what());
  return *vm;
}

TEST_CASE("a domain becomes a file, and a template of what the file does not say", "[importer]") {
  const auto all = cluster();
  Notes notes;
  const auto draft =
      draft_of({.node = "n1", .xml = running("WEB-01_intranet"), .running = true}, {}, all, notes);
  const auto import = files_of({draft}, all, {}, "libvirt");
  REQUIRE(import.files.size() == 2);
  CHECK(import.files[1].path == "vms/WEB-01.toml");
  CHECK(import.files[1].text ==
        "name = \"WEB-01\"\nhost = \"web-01\"\naddress = \"192.168.4.101\"\n"
        "disks = [\"/srv/vm/web.qcow2\"]\ncpus = 2\nmemory = 2048\nnodes = [\"n1\"]\n"
        "template = \"WEB-01.xml\"\n");
  const std::string& own = import.files[0].text;
  CHECK(import.files[0].path == "templates/WEB-01.xml");
  for (const char* const kept :
       {"<name>%{VM_FQN}</name>", "<uuid>%{VM_UUID}</uuid>", "<memory unit=\"MiB\">%{VM_MEMORY}",
        "<vcpu>%{VM_CPUS}</vcpu>", "file=\"%{VM_IMAGE}\"", "address=\"%{MAC_ADDRESS}\"",
        "bridge=\"%{NETWORK_BRIDGE}\"", "type=\"qcow2\"", "device=\"cdrom\"", "guest_agent"})
    CHECK_THAT(own, Contains(kept));
  for (const char* const gone : {"vnet3", "alias", "id=\"7\"", "/dev/pts", "seclabel", "5901",
                                 "urn:havc", "index", "currentMemory", "partition", "connected"})
    CHECK_THAT(own, !Contains(gone));
}

TEST_CASE("what is made of the template is the domain again", "[importer]") {
  const auto all = cluster();
  Notes notes;
  const auto draft =
      draft_of({.node = "n1", .xml = running("WEB-01_intranet"), .running = true}, {}, all, notes);
  const auto import = files_of({draft}, all, {}, "libvirt");
  const auto vm = only_vm(import, all);
  const inventory::Template own(import.files[0].text, "own.xml");
  CHECK(same_domain(own.fill(inventory::values_of(vm, all)), draft.definition));
  // A second import of what came of it finds the template.
  const auto again = files_of({draft}, all, {{{"web.xml"}, import.files[0].text}}, "libvirt");
  REQUIRE(again.files.size() == 1);
  CHECK_THAT(again.files[0].text, Contains("template = \"web.xml\""));
}

TEST_CASE("a password is for its owner alone, and told of", "[importer]") {
  const auto all = cluster();
  Notes notes;
  const auto import =
      files_of({draft_of({.node = "n1", .xml = running("WEB-01_intranet")}, {}, all, notes)}, all,
               {}, "libvirt");
  CHECK(import.files[0].secret);
  CHECK_FALSE(import.files[1].secret);
  REQUIRE(import.notes.size() == 1);
  CHECK_THAT(import.notes[0].text, Contains("password") && !Contains("s3cret"));
}

TEST_CASE("machines whose definitions differ in their keys alone share a template", "[importer]") {
  const auto all = cluster();
  Notes notes;
  std::string other = running("WEB-02_intranet");
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"02:00:c0:a8:04:65", "02:00:c0:a8:04:66"},
                                                        {"0200c0a80465", "0200c0a80466"},
                                                        {"web.qcow2", "web2.qcow2"},
                                                        {"2097152", "1048576"},
                                                        {"2097152", "1048576"}})
    other.replace(other.find(from), from.size(), to);
  const auto import =
      files_of({draft_of({.node = "n1", .xml = running("WEB-01_intranet")}, {}, all, notes),
                draft_of({.node = "n1", .xml = other}, {}, all, notes)},
               all, {}, "libvirt");
  REQUIRE(import.files.size() == 3);
  CHECK(import.files[0].path == "templates/libvirt-1.xml");
  CHECK_THAT(import.files[2].text, Contains("template = \"libvirt-1.xml\""));
}

TEST_CASE("a name that ours cannot be is changed, which needs a domain that is off", "[importer]") {
  const auto all = cluster();
  Notes notes;
  const LibvirtDomain off{.node = "n1", .xml = running("web_server"), .autostart = true};
  const auto draft = draft_of(off, {}, all, notes);
  CHECK(draft.vm.name.text == "WEB-SERVER");
  CHECK(draft.vm.wanted == inventory::Wanted::stopped);
  std::string told;
  for (const auto& note : notes) told += note.text + "\n";
  CHECK_THAT(told, Contains("becomes 'WEB-SERVER_intranet'") &&
                       Contains("virsh undefine --keep-nvram web_server") &&
                       Contains("virsh autostart --disable web_server"));
  CHECK_THROWS_WITH(
      draft_of({.node = "n1", .xml = running("web_server"), .running = true}, {}, all, notes),
      Contains("libvirt renames no domain that runs") && Contains("shut it down"));
}

TEST_CASE("what the definition does not say is asked for", "[importer]") {
  const auto all = cluster();
  Notes notes;
  std::string xml = running("WEB-01_intranet");
  const std::string mac = "02:00:c0:a8:04:65";
  xml.replace(xml.find(mac), mac.size(), "52:54:00:00:00:01");
  CHECK(draft_of({.node = "n1", .xml = xml}, {}, all, notes).vm.zone->text == "intranet");
  xml.replace(xml.find("'br0'"), 5, "'virbr0'");
  CHECK_THROWS_WITH(draft_of({.node = "n1", .xml = xml}, {}, all, notes),
                    Contains("give --address or --zone"));
  Wishes wishes;
  wishes.address = *inventory::parse_address("192.168.5.9");
  CHECK(draft_of({.node = "n1", .xml = xml}, wishes, all, notes).vm.mac->text() ==
        "52:54:00:00:00:01");
}

TEST_CASE("a definition that is none is refused with the reason", "[importer]") {
  const auto all = cluster();
  Notes notes;
  const auto [xml, reason] = GENERATE(table<std::string, std::string>({
      {"", "is not XML"},
      {"<network/>", "is no domain of libvirt"},
      {"<!DOCTYPE d [<!ENTITY e 'x'>]><domain>&e;</domain>", "document type"},
      {"<domain/>", "no <name>"},
      {"<domain><name>A</name></domain>", "no <memory>"},
      {"<domain><name>ABC</name><memory>x</memory></domain>", "<memory> is 'x'"},
      {"<domain><name>ABC</name><memory unit='TiB'>99999999999</memory></domain>", "<memory>"},
      {"<domain><name>ABC</name><memory unit='x'>1</memory></domain>", "<memory>"},
      {"<domain><name>../..</name><memory>1</memory></domain>", "is no name for a virtual machine"},
      {"<domain><name>ABC</name><memory>1</memory><vcpu>$(id)</vcpu></domain>",
       "<vcpu> is '$(id)'"},
  }));
  CAPTURE(xml);
  CHECK_THROWS_WITH(draft_of({.node = "n1", .xml = xml}, {}, all, notes), Contains(reason));
}

TEST_CASE("memory has units, and is rounded up where it has to be", "[importer]") {
  const auto [memory, wanted] = GENERATE(table<std::string, int>({
      {"<memory>1048576</memory>", 1024},
      {"<memory unit='MiB'>3</memory>", 3},
      {"<memory unit='G'>2</memory>", 2048},
      {"<memory unit='GB'>1</memory>", 954},
      {"<memory unit='bytes'>1</memory>", 1},
      {"<memory unit='KiB'>1025</memory>", 2},
  }));
  CAPTURE(memory);
  const auto domain = plain_domain("<domain><name>A</name>" + memory + "</domain>", "x");
  CHECK(facts_of(domain, "x").memory.number == wanted);
}

TEST_CASE("what does not follow the keys is told", "[importer]") {
  const auto notes = notes_of(
      plain_domain(
          "<domain><name>A</name><memory>1025</memory><currentMemory>1024</currentMemory>"
          "<vcpu current='1'>2</vcpu><cpu><topology/><numa><cell/></numa></cpu><devices>"
          "<disk type='network'><source protocol='rbd' name='x'/></disk></devices></domain>",
          "x"),
      "A");
  CHECK(notes.size() == 6);
}

}  // namespace
