#include "domain/lasting.h"
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
constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;

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
    return migrate_to(subject, "node2", plan, policy, connect, places, clock.in(time));
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
  /// 64 MiB, of which the guest changes 48 MiB over and over, faster than they are sent.
  void make_busy() {
    add_guest();
    host.next_migration.memory = havc::test::FakeMemory{};
    host.next_migration.memory->dirty_rate = 30 * kMebibyte;
    host.next_migration.memory->bandwidth = 10 * kMebibyte;
  }
  bool held(const havc::test::FakeGuest& guest) {
    const Inspection paused{guest.identity, State::paused, Reason::user};
    return is_held(places.notes, subject.instance, paused, clock.now());
  }
  MigrationPlan plan = kPlan;
  MigratePolicy policy;
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

TEST_CASE("a guest that somebody else started arrives with our metadata", "[migrate]") {
  Pair pair;
  pair.add_guest();
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.other.find(pair.identity)->config == pair.subject.config);
}

TEST_CASE("a guest that cannot be given metadata moves all the same", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.fail(Verb::mark, Error(Fault::failed, "libvirt is busy"));
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.other.find(pair.identity) != nullptr);
}

TEST_CASE("a guest that is on the other side already has migrated", "[migrate]") {
  Pair pair;
  havc::test::FakeGuest guest;
  guest.identity = pair.identity;
  pair.other.add(guest);
  CHECK(pair.leave() == Migrated::already_there);
}

TEST_CASE("a guest of which only a half is on the other side has not migrated", "[migrate]") {
  Pair pair;
  havc::test::FakeGuest half;
  half.identity = pair.identity;
  half.state = State::paused;
  half.reason = GENERATE(Reason::migrating, Reason::postcopy_failed);
  pair.other.add(half);
  CHECK_THAT(pair.failure(), Catch::Contains("has not arrived whole: here absent, there paused"));
  CHECK(pair.fault == Fault::failed);
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
                 "migration to 'node2' aborted after 100 s: 16 of 64 MiB left; still runs here"));
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

TEST_CASE("a guest that changes its memory too fast is left where it is, with the reason",
          "[migrate]") {
  Pair pair;
  pair.make_busy();
  CHECK(pair.failure() ==
        "migration to 'node2' aborted after 100 s: dirty rate 30 > bandwidth 10 MiB/s; still runs "
        "here");
  CHECK(pair.host.find(pair.identity)->state == State::running);
  CHECK(pair.host.downtimes.back() == 3000ms);
}

TEST_CASE("a guest that needs a longer standstill gets it", "[migrate]") {
  Pair pair;
  pair.make_busy();
  pair.host.next_migration.memory->working_set = 15 * kMebibyte;
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.host.downtimes.back() == 2000ms);
}

TEST_CASE("a standstill that was chosen is not prolonged", "[migrate]") {
  Pair pair;
  pair.make_busy();
  pair.host.next_migration.memory->working_set = 15 * kMebibyte;
  pair.plan.downtime = 100ms;
  CHECK_THAT(pair.failure(), Catch::Contains("still runs here"));
  CHECK(pair.host.downtimes.empty());
}

TEST_CASE("a guest that changes its memory too fast finishes by post-copy", "[migrate]") {
  Pair pair;
  pair.make_busy();
  pair.plan.postcopy = true;
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.other.find(pair.identity)->state == State::running);
  CHECK(pair.host.calls(Verb::migration_abort) == 0);
}

TEST_CASE("a switch to post-copy that fails leaves the guest here", "[migrate]") {
  Pair pair;
  pair.make_busy();
  pair.plan.postcopy = true;
  pair.host.next_migration.obeys_postcopy = false;
  CHECK_THAT(pair.failure(), Catch::Contains("still runs here"));
}

TEST_CASE("a post-copy that breaks is resumed", "[migrate]") {
  Pair pair;
  pair.make_busy();
  pair.plan.postcopy = true;
  pair.host.next_migration.broken_postcopies = 2;
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.host.last_plan.postcopy_resume);
  CHECK(pair.other.find(pair.identity)->state == State::running);
}

TEST_CASE("a post-copy that stays broken is never aborted", "[migrate]") {
  Pair pair;
  pair.make_busy();
  pair.plan.postcopy = true;
  pair.host.next_migration.broken_postcopies = 1000;
  CHECK(pair.failure() ==
        "post-copy to 'node2' broke, here paused (post-copy migration failed), there paused "
        "(post-copy migration failed): Connection reset by peer");
  CHECK(pair.host.calls(Verb::migration_abort) + pair.host.calls(Verb::resume) == 0);
  CHECK(pair.clock.elapsed() < 120s);
}

TEST_CASE("a post-copy whose target dies has lost the guest, and is not tried again", "[migrate]") {
  Pair pair;
  pair.make_busy();
  pair.plan.postcopy = true;
  pair.host.next_migration.broken_postcopies = 1;
  pair.host.next_migration.broken_target_dies = true;
  CHECK(pair.failure() ==
        "post-copy to 'node2' broke, here paused (post-copy migration failed), there absent: "
        "Connection reset by peer");
  CHECK(pair.host.calls(Verb::begin_migration) == 1);
  CHECK(pair.host.calls(Verb::resume) == 0);
}

TEST_CASE("a post-copy whose source dies has lost the guest, and has not arrived", "[migrate]") {
  Pair pair;
  pair.make_busy();
  pair.plan.postcopy = true;
  pair.host.next_migration.broken_postcopies = 1;
  pair.host.next_migration.broken_source_dies = true;
  CHECK_THAT(pair.failure(), Catch::StartsWith("post-copy to 'node2' broke, here absent, there"));
  CHECK(pair.host.calls(Verb::begin_migration) == 1);
}

TEST_CASE("a switch to post-copy that has no effect is followed by an abort", "[migrate]") {
  Pair pair;
  pair.make_busy();
  pair.plan.postcopy = true;
  pair.host.next_migration.ignores_postcopy = true;
  CHECK_THAT(pair.failure(), Catch::StartsWith("migration to 'node2' aborted after 100 s") &&
                                 Catch::EndsWith("still runs here"));
  CHECK(pair.host.find(pair.identity)->state == State::running);
  CHECK(pair.other.find(pair.identity) == nullptr);
}

TEST_CASE("a target that is silent for a while after the arrival is waited for", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.other.hang(Verb::inspect, 2);
  pair.other.heals_at = pair.clock.now() + 15s;
  CHECK(pair.leave() == Migrated::done);
}

TEST_CASE("a target that stays silent after the arrival is not waited for to the end",
          "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.other.hang(Verb::inspect, 2);
  CHECK_THAT(pair.failure(), Catch::EndsWith("here absent, there unknown"));
  CHECK(pair.clock.elapsed() <= 45s);
}

TEST_CASE("a post-copy that takes too long is not aborted", "[migrate]") {
  Pair pair;
  pair.make_busy();
  pair.plan.postcopy = true;
  pair.host.next_migration.memory->bandwidth = kMebibyte / 4;
  CHECK_THAT(pair.failure(), Catch::StartsWith("migration to 'node2' still in post-copy after 115 s"));
  CHECK(pair.fault == Fault::timed_out);
  CHECK(pair.host.calls(Verb::migration_abort) == 0);
}

TEST_CASE("virsh's timeout makes the guest stand still until it has moved", "[migrate]") {
  Pair pair;
  pair.make_busy();
  pair.policy.act_after = 20s;
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.host.calls(Verb::suspend) == 1);
  CHECK(pair.other.find(pair.identity)->state == State::running);
}

TEST_CASE("a guest that we made stand still goes on here when it did not move", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.finishes_after.reset();
  pair.policy.act_after = 20s;
  CHECK_THAT(pair.failure(), Catch::Contains("still runs here"));
  CHECK(pair.host.find(pair.identity)->state == State::running);
}

TEST_CASE("a guest that a failed migration leaves paused is resumed", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.failure = Error(Fault::failed, "connection lost");
  pair.host.next_migration.stays_paused = true;
  CHECK(pair.failure() == "migration to 'node2' failed: connection lost; still runs here");
  CHECK(pair.host.find(pair.identity)->state == State::running);
}

TEST_CASE("it is not resumed while the target cannot be asked", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.failure = Error(Fault::failed, "connection lost");
  pair.host.next_migration.stays_paused = true;
  pair.other.hang(Verb::inspect, 2);
  CHECK(pair.failure() ==
        "migration to 'node2' failed: connection lost; here paused (migration), there unknown");
  CHECK(pair.host.calls(Verb::resume) == 0);
}

TEST_CASE("a guest that may run on the other side is held here", "[migrate]") {
  Pair pair;
  const auto& guest = pair.add_guest();
  pair.host.next_migration.breaks_at_switch_over = true;
  SECTION("it does") {
    CHECK_THAT(pair.failure(), Catch::Contains("broke at its end, here paused (by a user), there running"));
    CHECK(guest.state == State::paused);
    CHECK(pair.other.find(pair.identity)->state == State::running);
    CHECK(pair.held(guest));
  }
  SECTION("it does not") {
    pair.host.next_migration.target_got_order = false;
    CHECK_THAT(pair.failure(), Catch::Contains("still runs here"));
    CHECK(guest.state == State::running);
    CHECK_FALSE(pair.held(guest));
  }
  SECTION("nobody knows") {
    pair.other.fail(Verb::inspect, Error(Fault::unreachable, "nobody listens"), 2);
    pair.other.hang(Verb::connect, 2);
    CHECK_THAT(pair.failure(), Catch::Contains("here paused (by a user), there unknown"));
    CHECK(guest.state == State::paused);
  }
}

TEST_CASE("a guest goes on here when a later migration fails before its end", "[migrate]") {
  Pair pair;
  auto& guest = pair.add_guest();
  guest.reason = Reason::switch_over_failed;
  pair.host.next_migration.failure = Error(Fault::failed, "Connection refused");
  CHECK_THAT(pair.failure(), Catch::Contains("still runs here"));
  CHECK(guest.state == State::running);
  CHECK(pair.host.calls(Verb::suspend) == 0);
}

TEST_CASE("a guest that was paused before is not resumed", "[migrate]") {
  Pair pair;
  pair.add_guest(State::paused, Reason::user);
  pair.host.next_migration.failure = Error(Fault::failed, "connection lost");
  CHECK_THAT(pair.failure(), Catch::Contains("here paused"));
  CHECK(pair.host.calls(Verb::resume) == 0);
}

TEST_CASE("a trouble that may pass is met by another try", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.fails_in_passing = 3;
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.host.calls(Verb::begin_migration) == 4);
}

TEST_CASE("a trouble that does not pass in time is told", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.fails_in_passing = 1000;
  CHECK(pair.failure() ==
        "migration to 'node2' failed: another migration job is already running; still runs here");
  CHECK(pair.clock.elapsed() < 120s);
}

TEST_CASE("a migration that breaks half-way is tried again", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.breaks_half_way = 2;
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.host.calls(Verb::begin_migration) == 3);
}

TEST_CASE("a migration that breaks half-way again and again is given up", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.breaks_half_way = 1000;
  CHECK(pair.failure() == "migration to 'node2' failed: Unable to write to socket; still runs here");
  CHECK(pair.host.calls(Verb::begin_migration) == 3);
}

TEST_CASE("a libvirtd that restarts during a migration is waited for", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.breaks_half_way = 1;
  auto& restarted = GENERATE(true, false) ? pair.other : pair.host;
  restarted.fail(Verb::inspect, Error(Fault::unreachable, "End of file while reading data"), 2);
  restarted.fail(Verb::connect, Error(Fault::unreachable, "Connection refused"), 2);
  CHECK(pair.leave() == Migrated::done);
  CHECK(pair.host.calls(Verb::begin_migration) == 2);
}

TEST_CASE("a migration to a host that is dead is given up long before its time is up", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.finishes_after.reset();
  pair.host.next_migration.sticks_after = 3s;
  pair.other.hang(Verb::inspect, 2);
  CHECK_THAT(pair.failure(), Catch::Contains("the target is silent; here running, there unknown"));
  CHECK(pair.clock.elapsed() < 30s);
  CHECK(pair.host.calls(Verb::migration_abort) == 1);
  CHECK(pair.host.find(pair.identity)->state == State::running);
}

TEST_CASE("a migration that sticks goes on while the target answers", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.finishes_after = 50s;
  pair.host.next_migration.sticks_after = 3s;
  CHECK(pair.leave() == Migrated::done);
}

TEST_CASE("a migration to a silent target goes on while memory is sent", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.finishes_after = 50s;
  pair.other.hang(Verb::inspect, 2);
  pair.other.heals_at = pair.clock.now() + 40s;
  CHECK(pair.leave() == Migrated::done);
}

TEST_CASE("what an arrival took is known to the target", "[migrate]") {
  Pair pair;
  pair.add_guest();
  pair.host.next_migration.finishes_after = 33s;
  pair.leave();
  const auto times = times_of_arrival(pair.subject, pair.other.connector(), pair.clock.in(60s));
  REQUIRE(times);
  CHECK(times->total == 33s);
  CHECK_FALSE(times_of_arrival(pair.subject, havc::test::connect_fails(Fault::unreachable),
                               pair.clock.in(60s)));
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

TEST_CASE("consent to a migration is asked before it begins, and its refusal leaves the guest where it is", "[migrate]") {
  Pair pair;
  pair.add_guest();
  MigratePolicy policy;
  policy.consent = [&](const Identity& domain, havc::Deadline) {
    CHECK(domain.name == pair.identity.name);
    throw Error(Fault::failed, "the hook says no");
  };
  CHECK_THROWS_WITH(migrate_to(pair.subject, "node2", kPlan, policy, pair.connect, pair.places, pair.clock.in(120s)), "the hook says no");
  CHECK(pair.host.calls(Verb::begin_migration) == 0);
  CHECK(pair.host.find(pair.identity) != nullptr);
}

TEST_CASE("no consent is needed for a guest that has migrated already", "[migrate]") {
  Pair pair;
  havc::test::FakeGuest guest;
  guest.identity = pair.identity;
  pair.other.add(guest);
  MigratePolicy policy;
  policy.consent = [](const Identity&, havc::Deadline) { throw Error(Fault::failed, "the hook says no"); };
  CHECK(migrate_to(pair.subject, "node2", kPlan, policy, pair.connect, pair.places, pair.clock.in(120s)) == Migrated::already_there);
}
