#include "domain/departure_check.h"

#include "domain/migrate.h"
#include "scene.h"
#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Error;
using havc::Fault;
using havc::test::Scene;
using havc::test::unique_domain;
using havc::test::Verb;

namespace {

const MigrationPlan kPlan{"qemu+tcp://node2/system", ""};

/// A guest with a network and a volume of a pool, and a host for it that has both.
struct Pair : Scene {
  havc::test::FakeHost other{clock, "5c1a7e57-0000-4000-8000-000000000002"};
  havc::test::FakeGuest* guest = nullptr;
  MigratePolicy policy;

  Pair() {
    host.reach(kPlan.destination_uri, other);
    connect = [this](const std::string& uri, havc::Deadline deadline) {
      return (uri == kPlan.destination_uri ? other : host).connector()(uri, deadline);
    };
    guest = &add_guest();
    set_devices("");
    host.equipment.networks = {{"lan", true}};
    host.equipment.pools = {{"fast", true}};
    other.equipment = host.equipment;
  }
  void set_devices(const std::string& more) const {
    guest->xml = "<domain type='kvm'><name>" + identity.name +
                 "</name><cpu mode='custom'><model>qemu64</model></cpu><devices>"
                 "<interface type='network'><source network='lan'/></interface>"
                 "<disk type='volume'><source pool='fast' volume='a'/><target dev='vda'/></disk>" +
                 more + "</devices></domain>";
  }
  Migrated leave() {
    return migrate_to(subject, "node2", kPlan, policy, connect, places, clock.in(120s));
  }
  std::string failure() {
    try {
      leave();
      return "no error";
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::failed);
      remedy = error.remedy();
      return error.problem();
    }
  }
  bool untouched() const { return host.calls(Verb::begin_migration) == 0; }
  std::string remedy;
};

}  // namespace

TEST_CASE("a guest that lacks nothing moves after one look at each side", "[preflight]") {
  Pair pair;
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.host.calls(Verb::live_xml) == 1);
  CHECK(pair.host.calls(Verb::lacks) == 1);
  CHECK(pair.other.calls(Verb::lacks) == 1);
  CHECK(pair.other.calls(Verb::activate) == 0);
}

TEST_CASE("a network that is not active on the target stops the migration before it begins",
          "[preflight]") {
  Pair pair;
  pair.other.equipment.networks["lan"] = false;
  CHECK(pair.failure() == "network 'lan' is not active on 'node2'");
  CHECK_THAT(pair.remedy, Catch::Contains("start_resources=1"));
  CHECK(pair.untouched());
}

TEST_CASE("networks and pools are started on the target when asked for", "[preflight]") {
  Pair pair;
  pair.policy.start_resources = true;
  pair.policy.preflight = GENERATE(true, false);
  pair.other.equipment.networks["lan"] = false;
  pair.other.equipment.pools["fast"] = false;
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.other.equipment.networks["lan"]);
  CHECK(pair.other.equipment.pools["fast"]);
  CHECK(pair.host.calls(Verb::activate) == 0);
}

TEST_CASE("a pool that cannot be started on the target is named", "[preflight]") {
  Pair pair;
  pair.policy.start_resources = true;
  pair.other.equipment.pools.clear();
  CHECK(pair.failure() == "'node2': cannot start pool 'fast': there is none of that name");
  CHECK(pair.untouched());
}

TEST_CASE("the rest is looked at, too, after a pool that was slow to start", "[preflight]") {
  Pair pair;
  pair.policy.start_resources = true;
  pair.other.equipment.pools["fast"] = false;
  pair.other.equipment.takes_to_start = 11s;
  pair.other.equipment.refuses_cpu = "CPU does not match";
  CHECK(pair.failure() == "CPU of 'node2': CPU does not match");
  CHECK(pair.untouched());
}

TEST_CASE("hugepages of the usual size are those of this host", "[preflight]") {
  Pair pair;
  pair.folder.write("proc/meminfo", "MemTotal: 4194304 kB\nHugepagesize:    1048576 kB\n");
  pair.places.proc = pair.folder / "proc";
  pair.guest->xml = "<domain type='kvm'><name>" + pair.identity.name +
                    "</name><memory unit='GiB'>4</memory><memoryBacking><hugepages/>"
                    "</memoryBacking><devices/></domain>";
  pair.other.equipment.usual_hugepage_kib = 1048576;
  pair.other.equipment.free_hugepages = 4;
  CHECK(pair.leave() == Migrated::done);
}

TEST_CASE("a pool that hangs on the target leaves time for the cluster", "[preflight]") {
  Pair pair;
  pair.policy.start_resources = true;
  pair.other.hang(Verb::activate, 2);
  CHECK_THAT(pair.failure(), Catch::Contains("pool 'fast' does not start"));
  CHECK(pair.clock.elapsed() <= 60s);
  CHECK(pair.untouched());
}

TEST_CASE("without preflight the hypervisor finds the obstacle", "[preflight]") {
  Pair pair;
  pair.policy.preflight = false;
  pair.other.equipment.networks["lan"] = false;
  CHECK_THAT(pair.failure(), Catch::Contains("still runs here"));
  CHECK(pair.host.calls(Verb::begin_migration) > 0);
  CHECK(pair.host.calls(Verb::live_xml) == 0);
}

TEST_CASE("a CPU that the target does not have is named", "[preflight]") {
  Pair pair;
  pair.other.equipment.refuses_cpu = "Host CPU does not provide required features: avx512f";
  CHECK(pair.failure() == "CPU of 'node2': Host CPU does not provide required features: avx512f");
  CHECK(pair.untouched());
}

TEST_CASE("a job that ends while it is waited for is in nobody's way", "[preflight]") {
  Pair pair;
  pair.guest->job = "a backup";
  CHECK_THAT(pair.failure(), Catch::StartsWith("a backup of the domain is under way"));
  CHECK(pair.clock.elapsed() <= 10s);
  pair.guest->job.clear();
  CHECK(pair.leave() == Migrated::done);
}

TEST_CASE("a disk on local storage is named with its file", "[preflight]") {
  Pair pair;
  pair.folder.write("disk.raw", "");
  const auto [more, refused] =
      GENERATE(table<std::string, bool>({{"", true}, {"<readonly/>", false}}));
  pair.set_devices("<disk type='file'><source file='" + (pair.folder / "disk.raw") +
                   "'/><target dev='vdb'/>" + more + "</disk>");
  const std::string failure = pair.failure();
  CHECK((failure.find("disk 'vdb' is on local storage") != std::string::npos) == refused);
  CHECK(pair.untouched() == refused);
}

TEST_CASE("local storage that libvirt is told to share passes", "[preflight]") {
  Pair pair;
  pair.folder.write("disk.raw", "");
  pair.folder.write("etc/libvirt/qemu.conf", "shared_filesystems = [ \"/\" ]\n");
  pair.set_devices("<disk type='file'><source file='" + (pair.folder / "disk.raw") +
                   "'/><target dev='vdb'/></disk>");
  CHECK(pair.leave() == Migrated::done);
}

TEST_CASE("what a host cannot tell keeps nobody from moving", "[preflight]") {
  Pair pair;
  SECTION("single questions") {
    pair.other.equipment.cannot_tell = {"bridge: not supported"};
  }
  SECTION("the source's look fails") {
    pair.host.fail(Verb::live_xml, {Fault::failed, "internal error"});
  }
  SECTION("the target's look fails") {
    pair.other.fail(Verb::lacks, {Fault::unsupported, "not supported"});
  }
  SECTION("the target is slow this once") {
    pair.other.fail(Verb::lacks, {Fault::timed_out, "libvirt does not answer"});
  }
  CHECK(pair.leave() == Migrated::done);
}

TEST_CASE("a target that falls silent is not waited for to the end", "[preflight]") {
  Pair pair;
  pair.other.hang(Verb::lacks);
  CHECK(pair.failure() == "migration target 'node2': libvirt does not answer");
  CHECK(pair.clock.elapsed() <= 30s);
  CHECK(pair.untouched());
}

TEST_CASE("a stale definition of another domain on the target is named, also without preflight",
          "[preflight]") {
  Pair pair;
  pair.policy.preflight = false;
  havc::test::FakeGuest stale;
  stale.identity = {pair.identity.name, unique_domain().uuid};
  stale.state = State::shutoff;
  stale.persistent = true;
  pair.other.add(stale);
  CHECK(pair.failure() ==
        "node2 defines another domain '" + pair.identity.name + "'");
  CHECK_THAT(pair.remedy, Catch::EndsWith(stale.identity.uuid));
}

TEST_CASE("the UUID under another name on the target is named", "[preflight]") {
  Pair pair;
  havc::test::FakeGuest stale;
  stale.identity = {"old", pair.identity.uuid};
  stale.state = State::shutoff;
  stale.persistent = true;
  pair.other.add(stale);
  CHECK_THAT(pair.failure(), Catch::EndsWith("as 'old'"));
  CHECK(pair.untouched());
}

TEST_CASE("its own stale definition on the target is in nobody's way", "[preflight]") {
  Pair pair;
  havc::test::FakeGuest stale;
  stale.identity = pair.identity;
  stale.state = State::shutoff;
  stale.persistent = true;
  pair.other.add(stale);
  CHECK(pair.leave() == Migrated::done);
}
