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

/// The scene's host, and another one that a guest can move to.
struct Pair : Scene {
  havc::test::FakeHost other{clock, "5c1a7e57-0000-4000-8000-000000000002"};
  Pair() {
    host.reach(kPlan.destination_uri, other);
    connect = [this](const std::string& uri, havc::Deadline deadline) {
      return (uri == kPlan.destination_uri ? other : host).connector()(uri, deadline);
    };
  }
  Migrated leave(havc::Duration time = 120s) {
    return migrate_to(subject, "node2", kPlan, {}, connect, places, clock.in(time));
  }
  std::string failure() {
    try {
      leave();
      return "no error";
    } catch (const Error& error) {
      fault = error.fault();
      return error.problem();
    }
  }
  Fault fault = Fault::misconfigured;
};

}  // namespace

TEST_CASE("a guest moves and is seen on the other side", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.write_note();
  pair.host.next_migration.finishes_after = 33s;
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.host.find(pair.identity) == nullptr);
  REQUIRE(pair.other.find(pair.identity) != nullptr);
  CHECK(pair.other.find(pair.identity)->state == State::running);
  CHECK_FALSE(pair.has_note());
}

TEST_CASE("a guest that is on the other side already has migrated", "[migrate]") {
  Pair pair;
  havc::test::FakeGuest guest;
  guest.identity = pair.identity;
  pair.other.add(guest);
  CHECK(pair.leave() == Migrated::already_there);
}

TEST_CASE("a guest that runs nowhere cannot migrate", "[migrate]") {
  Pair pair;
  CHECK(pair.failure() == "domain '" + pair.identity.name + "' does not run here");
  CHECK(pair.fault == Fault::failed);
}

TEST_CASE("a guest that runs on both sides is not touched", "[migrate]") {
  Pair pair;
  pair.add_guest();
  havc::test::FakeGuest twin;
  twin.identity = pair.identity;
  pair.other.add(twin);
  CHECK_THAT(pair.failure(), Catch::Contains("is running on 'node2', too"));
  CHECK(pair.host.calls(Verb::begin_migration) == 0);
}

TEST_CASE("a migration to the same host is refused", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.connect = pair.host.connector();
  CHECK_THAT(pair.failure(), Catch::Contains("host UUID of this node"));
}

TEST_CASE("troubles of the target are no fault of this host", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.other.fail(Verb::connect, {Fault::permission, "authentication failed"});
  CHECK(pair.failure() == "migration target 'node2': authentication failed");
  CHECK(pair.fault == Fault::failed);
  CHECK(pair.host.find(pair.identity) != nullptr);
}

TEST_CASE("a migration that fails says that the guest still runs here", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.write_note();
  pair.host.next_migration.failure = Error(Fault::failed, "CPU does not match");
  CHECK(pair.failure() == "migration to 'node2' failed: CPU does not match; still runs here");
  CHECK(pair.has_note());
  CHECK(pair.host.calls(Verb::destroy) + pair.other.calls(Verb::destroy) == 0);
}

TEST_CASE("a migration that does not converge is aborted in time", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.finishes_after.reset();
  CHECK_THAT(pair.failure(),
             Catch::StartsWith(
                 "migration to 'node2' aborted after 100 s, 16 of 64 MiB left; still runs here"));
  CHECK(pair.fault == Fault::timed_out);
  CHECK(pair.clock.elapsed() < 120s);
  CHECK(pair.host.find(pair.identity)->state == State::running);
  CHECK(pair.other.find(pair.identity) == nullptr);
}

TEST_CASE("a migration whose progress cannot be seen goes on, and is aborted in time", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.fail(Verb::migration_progress, {Fault::timed_out, "libvirt does not answer"});
  pair.host.next_migration.finishes_after = 33s;
  CHECK(pair.leave() == Migrated::done);
}

TEST_CASE("an abort that has no effect is reported within the deadline", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.finishes_after.reset();
  pair.host.next_migration.obeys_abort = false;
  CHECK_THAT(pair.failure(), Catch::Contains("its abort has no end"));
  CHECK(pair.clock.elapsed() <= 120s);
}

TEST_CASE("a guest that arrived is noted", "[migrate]") {
  Scene scene;
  scene.add_guest();
  migrate_from(scene.subject, scene.connect, scene.places, scene.clock.in(60s));
  CHECK(scene.has_note());
  CHECK(scene.clock.elapsed() == 0s);
}

TEST_CASE("a guest that is half here is waited for", "[migrate]") {
  Scene scene;
  auto& guest = scene.add_guest(State::paused, Reason::migrating);
  CHECK_THROWS_WITH(migrate_from(scene.subject, scene.connect, scene.places, scene.clock.in(20s)),
                    Catch::Contains("has not arrived: it is paused (migration)"));
  CHECK(scene.clock.elapsed() == 20s);
  CHECK(scene.host.calls(Verb::inspect) <= 6);
  guest.state = State::running;
  migrate_from(scene.subject, scene.connect, scene.places, scene.clock.in(20s));
  CHECK(scene.has_note());
}

TEST_CASE("a guest that is not coming is not waited for to the end", "[migrate]") {
  Scene scene;
  CHECK_THROWS_WITH(migrate_from(scene.subject, scene.connect, scene.places, scene.clock.in(120s)),
                    Catch::Contains("is not on this node and not arriving"));
  CHECK(scene.clock.elapsed() <= 15s);
}

TEST_CASE("a guest that arrives while libvirt hangs is seen in its run state", "[migrate]") {
  Scene scene;
  const havc::test::FakeQemu qemu(scene.identity);
  scene.write_run_state(qemu.pid(), "running", "migrated");
  scene.host.hang(Verb::connect);
  migrate_from(scene.subject, scene.connect, scene.places, scene.clock.in(60s));
  CHECK(scene.has_note());
  CHECK(scene.clock.elapsed() == 0s);
}

TEST_CASE("a broken arrival is a failure", "[migrate]") {
  Scene scene;
  scene.add_guest(State::paused, Reason::postcopy_failed);
  CHECK_THROWS_AS(migrate_from(scene.subject, scene.connect, scene.places, scene.clock.in(60s)),
                  Error);
}
