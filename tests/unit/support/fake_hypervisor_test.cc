#include "support/fake_hypervisor.h"

#include "support/catch.h"

using namespace std::chrono_literals;
using namespace havc;
using namespace havc::test;
using domain::Identity;
using domain::State;

static FakeGuest vm1() {
  FakeGuest guest;
  guest.identity = {"vm1", "11111111-1111-4111-8111-111111111111"};
  return guest;
}

TEST_CASE("a guest powers off some time after the request, and the wait ends with it", "[fake]") {
  FakeClock clock;
  FakeHost host(clock);
  host.add(vm1()).powers_off_after = 40s;
  const auto hypervisor = host.connector()("", clock.in(90s));
  hypervisor->watch({"vm1", {}}, clock.in(90s));
  hypervisor->request_shutdown({"vm1", {}}, {}, clock.in(90s));
  CHECK(hypervisor->inspect({"vm1", {}}, clock.in(90s))->state == State::running);
  hypervisor->wait_for_change({}, clock.in(90s));
  CHECK(clock.elapsed() == 40s);
  CHECK(!hypervisor->inspect({"vm1", {}}, clock.in(90s)));
}

TEST_CASE("a guest that outlives SIGKILL makes destroy fail as libvirt does", "[fake]") {
  FakeClock clock;
  FakeHost host(clock);
  host.add(vm1()).survives_destroy = 60s;
  const auto hypervisor = host.connector()("", clock.in(90s));
  CHECK_THROWS_AS(hypervisor->destroy({"vm1", {}}, clock.in(90s)), Error);
  CHECK(clock.elapsed() == kLibvirtKillTime);
  clock.advance(20s);
  CHECK(!host.find("vm1"));
}

TEST_CASE("a destroy past its deadline keeps the connection busy until it returns", "[fake]") {
  FakeClock clock;
  FakeHost host(clock);
  host.add(vm1()).survives_destroy = 20s;
  const auto hypervisor = host.connector()("", clock.in(90s));
  CHECK_THROWS_AS(hypervisor->destroy({"vm1", {}}, clock.in(5s)), Error);
  CHECK(clock.elapsed() == 5s);
  CHECK_THROWS_AS(hypervisor->inspect({"vm1", {}}, clock.in(5s)), Error);
  CHECK(clock.elapsed() == 5s);
  clock.advance(15s);
  CHECK(!hypervisor->inspect({"vm1", {}}, clock.in(5s)));
}

TEST_CASE("a hung daemon costs one deadline, then every call fails at once", "[fake]") {
  FakeClock clock;
  FakeHost host(clock);
  host.add(vm1());
  host.hang(Verb::inspect, 2);
  const auto hypervisor = host.connector()("", clock.in(10s));
  CHECK(hypervisor->inspect({"vm1", {}}, clock.in(10s)));
  CHECK_THROWS_WITH(hypervisor->inspect({"vm1", {}}, clock.in(10s)), "libvirt does not answer");
  CHECK(clock.elapsed() == 10s);
  CHECK_THROWS_AS(hypervisor->destroy({"vm1", {}}, clock.in(10s)), Error);
  CHECK(clock.elapsed() == 10s);
  CHECK_THROWS_AS(host.connector()("", clock.in(3s)), Error);
  CHECK(clock.elapsed() == 13s);
  CHECK(host.find("vm1"));
}

TEST_CASE("the n-th call of a verb fails as ordered, the next goes through", "[fake]") {
  FakeClock clock;
  FakeHost host(clock);
  host.fail(Verb::list, Error(Fault::failed, "no"), 1);
  const auto hypervisor = host.connector()("", clock.in(10s));
  CHECK_THROWS_WITH(hypervisor->list(clock.in(10s)), "no");
  CHECK(hypervisor->list(clock.in(10s)).empty());
  CHECK(host.calls(Verb::list) == 2);
}

TEST_CASE("a guest is created from XML, and is listed with its config", "[fake]") {
  FakeClock clock;
  FakeHost host(clock);
  const auto hypervisor = host.connector()("", clock.in(10s));
  hypervisor->create(
      "<domain><name>vm2</name><uuid>u2</uuid><metadata>"
      "<havc:resource xmlns:havc='urn:havc:domain:1' instance='r' config='/x.xml'/>"
      "</metadata></domain>",
      clock.in(10s));
  const auto listed = hypervisor->list(clock.in(10s));
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].identity.uuid == "u2");
  CHECK(listed[0].config == "/x.xml");
}

TEST_CASE("a migration moves the guest, and leaves it when it fails or is aborted", "[fake]") {
  FakeClock clock;
  FakeHost source(clock);
  FakeHost target(clock);
  source.add(vm1());
  source.reach("qemu+tcp://n2/system", target);
  const auto hypervisor = source.connector()("", clock.in(10s));
  const domain::MigrationPlan plan{"qemu+tcp://n2/system", {}};

  SECTION("done") {
    source.next_migration.finishes_after = 3s;
    const auto migration = hypervisor->begin_migration({"vm1", {}}, plan, clock.in(10s));
    CHECK(!migration->wait(clock.in(1s)));
    CHECK(target.find("vm1")->state == State::paused);
    CHECK(migration->wait(clock.in(10s)));
    CHECK(clock.elapsed() == 3s);
    CHECK(target.find("vm1")->state == State::running);
    CHECK(!source.find("vm1"));
  }
  SECTION("never converges, aborted") {
    source.next_migration.finishes_after.reset();
    const auto migration = hypervisor->begin_migration({"vm1", {}}, plan, clock.in(10s));
    CHECK(!migration->wait(clock.in(10s)));
    migration->abort(clock.in(10s));
    CHECK_THROWS_AS(migration->wait(clock.in(10s)), Error);
    CHECK(source.find("vm1")->state == State::running);
    CHECK(!target.find("vm1"));
  }
  SECTION("fails") {
    source.next_migration.failure = Error(Fault::failed, "broken pipe");
    const auto migration = hypervisor->begin_migration({"vm1", {}}, plan, clock.in(10s));
    CHECK_THROWS_WITH(migration->wait(clock.in(10s)), "broken pipe");
    CHECK(source.find("vm1"));
    CHECK(!target.find("vm1"));
  }
}
