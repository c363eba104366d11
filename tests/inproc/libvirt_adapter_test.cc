// The adapter against the real library: libvirt's test driver, whose domains live in this process.
#include "base/error.h"
#include "domain/libvirt_connection.h"
#include "domain/libvirt_hypervisor.h"
#include "support/catch.h"

#include <algorithm>

using namespace std::chrono_literals;
using namespace havc;
using namespace havc::domain;

namespace {

const std::string kStates = "test:///" HAVC_INPROC_DIR "/states.xml";
const std::string kOddName = "R&D 'web', \"1\" ü";

Deadline soon() {
  return Deadline::after(system_clock(), 30s);
}

struct Host {
  std::shared_ptr<LibvirtConnection> connection =
      std::make_shared<LibvirtConnection>(kStates, soon());
  LibvirtHypervisor libvirt{connection};

  std::optional<Inspection> inspect(const std::string& name) {
    return libvirt.inspect({name, {}}, soon());
  }
};

std::string small_domain(const std::string& name) {
  return "<domain type='test'><name>" + name +
         "</name><memory>8192</memory><os><type>hvm</type></os></domain>";
}

}  // namespace

TEST_CASE("each state is seen as it is", "[libvirt]") {
  Host host;
  CHECK(host.inspect("running")->state == State::running);
  CHECK(host.inspect(kOddName)->state == State::paused);
  CHECK(host.inspect("stopping")->state == State::shutdown);
  CHECK(host.inspect("off")->state == State::shutoff);
  CHECK(host.inspect("crashed")->state == State::crashed);
  CHECK(host.inspect("suspended")->state == State::pmsuspended);
}

TEST_CASE("a definition that outlives the domain is seen", "[libvirt]") {
  Host host;
  CHECK(!host.inspect("running")->persistent);
  CHECK(host.inspect("off")->persistent);
}

TEST_CASE("no such domain is an answer", "[libvirt]") {
  Host host;
  CHECK(!host.inspect("missing"));
  CHECK(!host.libvirt.inspect({"missing", "99999999-0000-4000-8000-000000000000"}, soon()));
}

TEST_CASE("the UUID comes first, and a namesake is returned as it is", "[libvirt]") {
  Host host;
  const auto renamed =
      host.libvirt.inspect({"missing", "11111111-0000-4000-8000-000000000001"}, soon());
  REQUIRE(renamed);
  CHECK(renamed->identity.name == "running");
  const auto namesake =
      host.libvirt.inspect({"running", "99999999-0000-4000-8000-000000000000"}, soon());
  REQUIRE(namesake);
  CHECK(namesake->identity.uuid == "11111111-0000-4000-8000-000000000001");
}

TEST_CASE("active domains are listed with the config in their metadata", "[libvirt]") {
  Host host;
  const auto listed = host.libvirt.list(soon());
  CHECK(listed.size() == 5);  // all but the one that is off
  const auto ours = std::find_if(listed.begin(), listed.end(),
                                 [](const auto& each) { return each.identity.name == "running"; });
  REQUIRE(ours != listed.end());
  CHECK(ours->config == "/etc/libvirt/qemu/a & b.xml");
  const auto odd = std::find_if(listed.begin(), listed.end(),
                                [](const auto& each) { return each.identity.name == kOddName; });
  REQUIRE(odd != listed.end());
  CHECK(odd->config.empty());
}

TEST_CASE("a census has every domain, also those that are off", "[libvirt]") {
  Host host;
  const auto census = host.libvirt.census(soon());
  CHECK(census.libvirt >= 9000000);
  REQUIRE(census.domains.size() == 6);
  const auto named = [&](const std::string& name) {
    return *std::find_if(census.domains.begin(), census.domains.end(),
                         [&](const auto& each) { return each.seen.identity.name == name; });
  };
  CHECK(named("running").seen.state == State::running);
  CHECK(named("running").seen.identity.uuid == "11111111-0000-4000-8000-000000000001");
  CHECK_FALSE(named("running").seen.persistent);
  CHECK(named("running").memory == 8 << 20);
  CHECK(named("running").cpus == 1);
  CHECK(named("off").seen.state == State::shutoff);
  CHECK(named("off").seen.persistent);
  CHECK_FALSE(named("off").autostart);
}

TEST_CASE("a running domain gets the metadata that tells its config", "[libvirt]") {
  Host host;
  const auto config = [&](const std::string& name) {
    const auto listed = host.libvirt.list(soon());
    return std::find_if(listed.begin(), listed.end(), [&](const auto& each) {
             return each.identity.name == name;
           })->config;
  };
  CHECK(config(kOddName).empty());
  for (const std::string& name : {kOddName, std::string("running")}) {
    host.libvirt.mark({name, {}}, {"vm1", "/srv/R&D \"1\".xml"}, soon());
    CHECK(config(name) == "/srv/R&D \"1\".xml");
  }
  CHECK_THROWS_AS(host.libvirt.mark({"missing", {}}, {"vm1", "/srv/vm1.xml"}, soon()), Error);
}

TEST_CASE("a domain is created, and goes when it is destroyed", "[libvirt]") {
  Host host;
  host.libvirt.create(small_domain("new"), soon());
  CHECK(host.inspect("new")->state == State::running);
  CHECK(!host.inspect("new")->persistent);
  host.libvirt.destroy({"new", {}}, soon());
  CHECK(!host.inspect("new"));
}

TEST_CASE("what cannot be created fails in libvirt's words", "[libvirt]") {
  Host host;
  try {
    host.libvirt.create("<domain type='test'><memory>8192</memory></domain>", soon());
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::unusable_here);
    CHECK_THAT(error.remedy(), Catch::Contains("XML"));
  }
  CHECK_THROWS_WITH(host.libvirt.create(small_domain("running"), soon()),
                    Catch::Contains("cannot start") && Catch::Contains("running"));
}

TEST_CASE("a guest powers off on request", "[libvirt]") {
  Host host;
  host.libvirt.request_shutdown({"running", {}}, {}, soon());
  CHECK(!host.inspect("running"));  // transient, and the test driver's guests obey at once
}

TEST_CASE("to destroy, wake, undefine or ask what has gone is no failure", "[libvirt]") {
  Host host;
  for (const char* name : {"missing", "off"}) {
    INFO(name);
    CHECK_NOTHROW(host.libvirt.destroy({name, {}}, soon()));
    CHECK_NOTHROW(host.libvirt.request_shutdown({name, {}}, {}, soon()));
  }
  CHECK_NOTHROW(host.libvirt.wake({"missing", {}}, soon()));
  CHECK_NOTHROW(host.libvirt.undefine({"missing", {}}, soon()));
  CHECK_NOTHROW(host.libvirt.undefine({"running", {}}, soon()));
  CHECK(host.inspect("running")->state == State::running);
}

TEST_CASE("undefining drops the definition alone", "[libvirt]") {
  Host host;
  host.libvirt.undefine({"off", {}}, soon());
  CHECK(!host.inspect("off"));
  host.libvirt.undefine({"crashed", {}}, soon());
  CHECK(host.inspect("crashed")->state == State::crashed);
  CHECK(!host.inspect("crashed")->persistent);
}

TEST_CASE("an event that comes before the wait is not lost", "[libvirt]") {
  Host host;
  host.libvirt.watch({"running", {}}, soon());
  host.libvirt.destroy({"running", {}}, soon());
  const Deadline long_time = Deadline::after(system_clock(), 60s);
  host.libvirt.wait_for_change({}, long_time);
  CHECK(!long_time.earlier_by(30s).expired());
}

TEST_CASE("events of other domains do not end the wait", "[libvirt]") {
  Host host;
  host.libvirt.watch({"running", "11111111-0000-4000-8000-000000000001"}, soon());
  host.libvirt.destroy({"stopping", {}}, soon());
  const Deadline short_time = Deadline::after(system_clock(), 100ms);
  host.libvirt.wait_for_change({}, short_time);
  CHECK(short_time.expired());
}

TEST_CASE("a migration that the driver cannot do is refused", "[libvirt]") {
  Host host;
  const auto migration = host.libvirt.begin_migration({"running", {}}, {kStates, {}}, soon());
  CHECK_THROWS_WITH(migration->wait(soon()), Catch::Contains("cannot migrate 'running'"));
  CHECK(host.inspect("running")->state == State::running);
}

TEST_CASE("a migration to nowhere fails before it begins", "[libvirt]") {
  Host host;
  const MigrationPlan nowhere{"qemu+unix:///system?socket=/nowhere/sock", {}};
  CHECK_THROWS_WITH(
      host.libvirt.begin_migration({"running", {}}, nowhere, soon()),
      Catch::Contains("cannot connect to 'qemu+unix:///system?socket=/nowhere/sock'"));
}

TEST_CASE("a paused guest goes on", "[libvirt]") {
  Host host;
  host.libvirt.resume({kOddName, {}}, soon());
  CHECK(host.inspect(kOddName)->state == State::running);
  CHECK_NOTHROW(host.libvirt.resume({"missing", {}}, soon()));
  CHECK_NOTHROW(host.libvirt.resume({"off", {}}, soon()));
}

TEST_CASE("the hypervisor itself is asked for the errors of disks", "[libvirt]") {
  Host host;
  CHECK(host.libvirt.ask_qemu({"running", {}}, soon()).disk_errors.empty());
  CHECK(!host.libvirt.ask_qemu({"running", {}}, soon()).busy);
  CHECK_THROWS_WITH(host.libvirt.ask_qemu({"missing", {}}, soon()), Catch::Contains("no such domain"));
  // The test driver makes up an error for each disk, another one each time.
  host.libvirt.create("<domain type='test'><name>broken</name><memory>8192</memory><os><type>hvm</type></os><devices>"
                      "<disk type='file'><source file='/a'/><target dev='vda'/></disk>"
                      "<disk type='file'><source file='/b'/><target dev='vdb'/></disk>"
                      "<disk type='file'><source file='/c'/><target dev='vdc'/></disk></devices></domain>",
                      soon());
  const auto errors = host.libvirt.ask_qemu({"broken", {}}, soon()).disk_errors;
  REQUIRE(!errors.empty());
  CHECK(errors.front().target.substr(0, 2) == "vd");
  CHECK(std::any_of(errors.begin(), errors.end(), [](const auto& each) { return each.no_space; }));
}

TEST_CASE("the live XML is read", "[libvirt]") {
  Host host;
  CHECK_THAT(host.libvirt.live_xml({"running", {}}, soon()), Catch::Contains("<name>running</name>"));
  CHECK_THROWS_WITH(host.libvirt.live_xml({"missing", {}}, soon()), Catch::Contains("no such domain"));
}

TEST_CASE("nothing is left of a connection that was closed", "[libvirt]") {
  Host host;
  host.inspect("running");
  host.libvirt.ask_qemu({"running", {}}, soon());
  host.libvirt.live_xml({"running", {}}, soon());
  host.libvirt.list(soon());
  host.libvirt.create(small_domain("new"), soon());
  host.libvirt.destroy({"new", {}}, soon());
  CHECK(host.connection->close(soon()) == 0);
}
