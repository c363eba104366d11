// The whole report of this machine, with a made-up hypervisor: what is asked for is there, and what
// hangs holds nobody.

#include "node/collect.h"

#include "support/catch.h"
#include "support/fake_hypervisor.h"
#include "support/temporary_folder.h"

#include <sys/stat.h>

using namespace havc;
using namespace havc::node;

namespace {

struct Stage {
  test::FakeClock clock;
  test::FakeHost host{clock};
  test::TemporaryFolder folder;
  Surroundings surroundings;

  Stage() {
    surroundings.connect = host.connector();
    surroundings.domains = folder / "libvirt";
    surroundings.inventory = folder / "inventory";
  }
  Report ask(const Question& question, std::chrono::seconds limit = std::chrono::seconds(60)) {
    return collect(question, surroundings, Deadline::after(system_clock(), limit));
  }
};

}  // namespace

TEST_CASE("what is not asked for is not looked at", "[node]") {
  Stage stage;
  const Report report = stage.ask({});
  CHECK_FALSE(report.host.empty());
  CHECK(report.ended >= report.began);
  CHECK_FALSE(report.libvirt.asked());
  CHECK_FALSE(report.services.asked());
  CHECK_FALSE(report.domains.asked());
  CHECK(stage.host.calls(test::Verb::connect) == 0);
}

TEST_CASE("libvirt's domains are in the report", "[node]") {
  Stage stage;
  test::FakeGuest guest;
  guest.identity = {"WEB-01", "11111111-0000-4000-8000-000000000001"};
  stage.host.add(guest);
  const Report report = stage.ask({.libvirt = true});
  REQUIRE(report.libvirt.known());
  CHECK(report.libvirt->version == "9.0.0");
  REQUIRE(report.libvirt->domain("WEB-01"));
  CHECK(report.libvirt->domain("WEB-01")->seen.state == domain::State::running);
}

TEST_CASE("libvirt that fails is a doubt, not a node without guests", "[node]") {
  Stage stage;
  stage.host.fail(test::Verb::census, Error(Fault::failed, "no such luck"));
  const Report report = stage.ask({.libvirt = true});
  CHECK(report.libvirt.doubtful());
  CHECK(report.libvirt.unknown == "no such luck");
}

TEST_CASE("libvirt that hangs costs nothing of what files say", "[node]") {
  Stage stage;
  mkdir((stage.folder / "libvirt").c_str(), 0700);
  stage.surroundings.connect = [](const std::string&,
                                  Deadline deadline) -> std::unique_ptr<domain::Hypervisor> {
    while (!deadline.expired()) deadline.pause(std::chrono::milliseconds(10));
    throw Error(Fault::timed_out, "libvirt hangs");
  };
  const Report report = stage.ask({.libvirt = true, .files = true}, std::chrono::seconds(2));
  CHECK(report.libvirt.unknown == "libvirt hangs");
  REQUIRE(report.domains.known());
  CHECK(report.domains->exists);
  CHECK(report.inventory.known());
}

TEST_CASE("folders, files and names are looked at side by side", "[node]") {
  Stage stage;
  const Report report = stage.ask({.machine = true,
                                   .files = true,
                                   .folders = {"/", "/nowhere"},
                                   .bridges = {"nothere0"},
                                   .names = {"localhost", "127.0.0.1"},
                                   .images = {"/etc/passwd", "/nowhere/a.raw"}});
  REQUIRE(report.mounts.size() == 2);
  CHECK(report.mounts[0].space.known());
  CHECK(report.mounts[1].space.doubtful());
  CHECK(report.domains.known());
  CHECK_FALSE(report.domains->exists);
  CHECK(report.names.at(0).addresses.known());
  CHECK(report.names.at(1).name == "127.0.0.1");
  CHECK(report.names.at(1).addresses.known());
  CHECK(report.images.size() == 2);
  CHECK(report.cpus.known());
  CHECK_FALSE(report.bridges->at(0).exists);
}

TEST_CASE("how far a migration is, is told of those that were asked for", "[node]") {
  Stage stage;
  for (const auto* name : {"WEB-01", "WEB-02"}) {
    test::FakeGuest guest;
    guest.identity = {name, std::string("11111111-0000-4000-8000-00000000000") + name[5]};
    guest.transfer = domain::Transfer{200, 90, 114};
    stage.host.add(guest);
  }
  const Report report = stage.ask({.libvirt = true, .jobs = {"WEB-02", "WEB-03"}});
  REQUIRE(report.libvirt.known());
  CHECK_FALSE(report.libvirt->domain("WEB-01")->job);
  REQUIRE(report.libvirt->domain("WEB-02")->job);
  CHECK(report.libvirt->domain("WEB-02")->job->percent() == 43);
  CHECK(stage.host.calls(test::Verb::transfer) == 1);
}

TEST_CASE("a QEMU that does not say how far it is costs no domain", "[node]") {
  Stage stage;
  test::FakeGuest guest;
  guest.identity = {"WEB-01", "11111111-0000-4000-8000-000000000001"};
  stage.host.add(guest);
  stage.host.fail(test::Verb::transfer, Error(Fault::timed_out, "no answer"));
  const Report report = stage.ask({.libvirt = true, .jobs = {"WEB-01"}});
  REQUIRE(report.libvirt.known());
  REQUIRE(report.libvirt->domain("WEB-01"));
  CHECK_FALSE(report.libvirt->domain("WEB-01")->job);
}
