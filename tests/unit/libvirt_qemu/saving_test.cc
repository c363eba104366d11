#include "libvirt_qemu/saving.h"

#include "base/error.h"
#include "base/file.h"
#include "support/catch.h"
#include "support/fake_hypervisor.h"
#include "support/temporary_folder.h"

#include <sys/stat.h>

#include <filesystem>

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using havc::Error;
using havc::domain::Subject;
using havc::libvirt_qemu::definition_to_save;
using havc::libvirt_qemu::Options;
using havc::libvirt_qemu::Saving;
using havc::test::Verb;

namespace {

const std::string kUuid = "6f1d3c1e-2b0a-4d0e-9a51-0d6f3a7b9c01";
const std::string kMark = "<metadata><h:resource xmlns:h='urn:havc:domain:1' instance='vm1' config='/c'/></metadata>";

std::string domain(const std::string& content, const std::string& name = "vm1", const std::string& uuid = kUuid) {
  return "<domain type='kvm'><name>" + name + "</name><uuid>" + uuid + "</uuid>" + content + "</domain>";
}

/// A node on which the domain runs, with its definition file.
struct Node {
  havc::test::TemporaryFolder folder;
  havc::test::FakeClock clock;
  havc::test::FakeHost host{clock};
  Options options;
  Subject subject{"vm1", "qemu:///system", folder / "vm1.xml", {"vm1", kUuid}};
  havc::domain::Connect connect = host.connector();
  Node() {
    options.save_config_on_stop = true;
    folder.write("vm1.xml", domain("<vcpu>1</vcpu>"));
    havc::test::FakeGuest guest;
    guest.identity = subject.identity;
    guest.xml = domain(kMark + "<vcpu>1</vcpu><default/>");
    host.add(guest);
  }
  Saving saving() const { return {options, subject, connect, folder.path()}; }
  bool save() { return saving().save(clock.in(60s)); }
  std::string file() const { return havc::read_file(subject.config, 10000); }
  void change(const std::string& xml) { host.find("vm1")->xml = xml; }
};

}  // namespace

TEST_CASE("defaults that libvirt adds are no change", "[saving]") {
  Node node;
  node.saving().begin(node.clock.in(60s));
  const auto before = node.file();
  CHECK_FALSE(node.save());
  CHECK(node.file() == before);
}

TEST_CASE("a change since the domain came is written, without our mark, and only once", "[saving]") {
  Node node;
  node.saving().begin(node.clock.in(60s));
  node.change(domain(kMark + "<vcpu>8</vcpu><default/>"));
  CHECK(node.save());
  CHECK_THAT(node.file(), Contains("<vcpu>8</vcpu>") && !Contains("urn:havc"));
  CHECK_FALSE(node.save());
}

TEST_CASE("a file that was edited since the domain came is what is wanted next, and stays", "[saving]") {
  Node node;
  node.saving().begin(node.clock.in(60s));
  const std::string edited = domain("<vcpu>4</vcpu>");
  node.folder.write("vm1.xml", edited);
  node.change(domain(kMark + "<vcpu>8</vcpu><default/>"));
  CHECK_FALSE(node.save());
  CHECK(node.file() == edited);
}

TEST_CASE("without knowing how it came, what says the same as the file is not written", "[saving]") {
  Node node;
  node.change("<!-- made by libvirt -->\n" + domain(kMark + "\n  <vcpu>1</vcpu>\n"));
  CHECK_FALSE(node.save());
  node.change(domain(kMark + "<vcpu>2</vcpu>"));
  CHECK(node.save());
}

TEST_CASE("changes count from when the parameter was set, and setting others forgets none", "[saving]") {
  Node node;
  node.saving().begin_late(node.clock.in(60s));
  node.change(domain(kMark + "<vcpu>2</vcpu>"));
  node.saving().begin_late(node.clock.in(60s));
  CHECK(node.save());
  CHECK_THAT(node.file(), Contains("<vcpu>2</vcpu>"));
}

TEST_CASE("the file keeps its mode", "[saving]") {
  Node node;
  REQUIRE(chmod(node.subject.config.c_str(), 0640) == 0);
  node.saving().begin(node.clock.in(60s));
  node.change(domain(kMark + "<vcpu>8</vcpu>"));
  CHECK(node.save());
  struct stat status {};
  REQUIRE(stat(node.subject.config.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("a file that means another domain by now is not overwritten", "[saving]") {
  Node node;
  node.saving().begin(node.clock.in(60s));
  node.change(domain(kMark + "<vcpu>8</vcpu>"));
  node.folder.write("vm1.xml", domain("", "vm2"));
  CHECK_FALSE(node.save());
  CHECK(node.file() == domain("", "vm2"));
  node.folder.write("vm1.xml", domain("", "vm1", "6f1d3c1e-2b0a-4d0e-9a51-0d6f3a7b9c02"));
  CHECK_FALSE(node.save());
}

TEST_CASE("only a definition of the same domain is written", "[saving]") {
  const Subject subject{"vm1", "", "/vm1.xml", {"vm1", kUuid}};
  CHECK_THROWS_AS(definition_to_save(subject, "<domain type='kvm'/>", "", domain("")), Error);
  CHECK_THROWS_AS(definition_to_save(subject, domain("", "vm1", "6f1d3c1e-2b0a-4d0e-9a51-0d6f3a7b9c02"), "", domain("")), Error);
  CHECK_THROWS_AS(definition_to_save(subject, "", "", domain("")), Error);
}

TEST_CASE("a missing file is not made: its folder may not be mounted", "[saving]") {
  Node node;
  node.saving().begin(node.clock.in(60s));
  node.change(domain(kMark + "<vcpu>8</vcpu>"));
  std::filesystem::remove(node.subject.config);
  CHECK_FALSE(node.save());
  CHECK_FALSE(std::filesystem::exists(node.subject.config));
}

TEST_CASE("a definition that was left behind on this node is not saved", "[saving]") {
  Node node;
  node.saving().begin(node.clock.in(60s));
  node.change(domain(kMark + "<vcpu>8</vcpu>"));
  node.host.find("vm1")->state = havc::domain::State::shutoff;
  node.host.find("vm1")->persistent = true;
  CHECK_FALSE(node.save());
}

TEST_CASE("a libvirt that hangs costs a stop 5 s at most, and a short one a tenth", "[saving]") {
  Node node;
  node.host.hang(Verb::connect);
  CHECK_FALSE(node.save());
  CHECK(node.clock.elapsed() == 5s);
  node.host.hang(Verb::connect);
  CHECK_FALSE(node.saving().save(node.clock.in(20s)));
  CHECK(node.clock.elapsed() == 7s);
}

TEST_CASE("without the parameters libvirt is not asked", "[saving]") {
  Node node;
  node.options.save_config_on_stop = false;
  node.saving().begin(node.clock.in(60s));
  CHECK_FALSE(node.save());
  CHECK(node.host.calls(Verb::connect) == 0);
}
