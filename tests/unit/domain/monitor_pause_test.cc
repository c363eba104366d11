// What a monitor makes of a guest that is paused, or that takes long to power off.
#include "domain/lasting.h"
#include "domain/monitor.h"

#include "scene.h"
#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Error;
using havc::Fault;
using havc::test::FakeQemu;
using havc::test::Scene;
using havc::test::Verb;

namespace {

struct Paused : Scene {
  havc::test::FakeGuest& guest;
  HealthPolicy policy;
  explicit Paused(Reason reason, PausePolicy wanted = PausePolicy::degraded)
      : guest(add_guest(State::paused, reason)) {
    clock.advance(5h);
    policy.io_error = policy.paused = wanted;
  }
  Health look(Depth depth = Depth::basic, Occasion occasion = Occasion::recurring) {
    return monitor(subject, {}, depth, occasion, policy, connect, places, clock.in(30s));
  }
  void pass_grace() {
    look();
    clock.advance(301s);
  }
};

}  // namespace

TEST_CASE("a pause is nobody's business during its grace, but for level 10", "[monitor]") {
  Paused scene(Reason::user, PausePolicy::fail);
  CHECK(scene.look().verdict == Verdict::running);
  scene.clock.advance(299s);
  CHECK(scene.look().verdict == Verdict::running);
  CHECK(scene.look(Depth::thorough).verdict == Verdict::degraded);
  scene.clock.advance(2s);
  CHECK(scene.look().verdict == Verdict::failed);
}

TEST_CASE("a guest that ran in between has a new grace, also when libvirt was not asked",
          "[monitor]") {
  Paused scene(Reason::user, PausePolicy::fail);
  scene.pass_grace();
  {
    const FakeQemu qemu(scene.identity);
    scene.write_run_state(qemu.pid());
    CHECK(scene.look().verdict == Verdict::running);
    CHECK(scene.host.calls(Verb::connect) == 1);
  }
  scene.write_run_state(0, "paused", "user");
  CHECK(scene.look().verdict == Verdict::running);
}

TEST_CASE("a pause for another cause has a grace of its own", "[monitor]") {
  Paused scene(Reason::user, PausePolicy::fail);
  scene.pass_grace();
  scene.guest.reason = Reason::saving;
  CHECK(scene.look().verdict == Verdict::running);
}

TEST_CASE("a save that goes on is not forgotten, however long it takes", "[monitor]") {
  Paused scene(Reason::saving, PausePolicy::fail);
  scene.pass_grace();
  scene.guest.busy = true;
  CHECK(scene.look().verdict == Verdict::running);
  scene.guest.busy = false;
  CHECK(scene.look().verdict == Verdict::failed);
}

TEST_CASE("a pause by an I/O error names the disks", "[monitor]") {
  Paused scene(Reason::io_error);
  scene.guest.disk_errors = {{"vda", true}};
  const Health health = scene.look();
  CHECK(health.verdict == Verdict::degraded);
  CHECK(health.reason == "domain '" + scene.identity.name + "' is paused (no space left for vda)");
}

TEST_CASE("a QEMU that does not name the disks leaves the verdict as it is", "[monitor]") {
  Paused scene(Reason::io_error, PausePolicy::fail);
  scene.guest.silent_qemu = true;
  const Health health = scene.look();
  CHECK(health.verdict == Verdict::failed);
  CHECK_THAT(health.reason, Catch::Contains("I/O error"));
}

TEST_CASE("a guest that is to be resumed runs afterwards", "[monitor]") {
  const auto reason = GENERATE(Reason::io_error, Reason::user);
  Paused scene(reason, PausePolicy::resume);
  if (reason == Reason::user) scene.pass_grace();
  CHECK(scene.look().verdict == Verdict::running);
  CHECK(scene.guest.state == State::running);
}

TEST_CASE("a guest that pauses again is degraded, with the reason", "[monitor]") {
  Paused scene(Reason::io_error, PausePolicy::resume);
  scene.guest.pauses_again = true;
  scene.guest.disk_errors = {{"vdb", false}};
  const Health health = scene.look();
  CHECK(health.verdict == Verdict::degraded);
  CHECK_THAT(health.reason, Catch::Contains("I/O error on vdb"));
  CHECK(scene.host.calls(Verb::resume) == 1);
}

TEST_CASE("a guest that cannot be resumed is degraded, in libvirt's words", "[monitor]") {
  Paused scene(Reason::io_error, PausePolicy::resume);
  scene.host.fail(Verb::resume, Error(Fault::failed, "cannot resume: a lock is held", "wait"));
  const Health health = scene.look();
  CHECK(health.verdict == Verdict::degraded);
  CHECK_THAT(health.reason, Catch::Contains("a lock is held"));
  CHECK(health.remedy == "wait");
}

TEST_CASE("a guest that ends when it is resumed is not running", "[monitor]") {
  Paused scene(Reason::io_error, PausePolicy::resume);
  scene.guest.ends_at = scene.clock.now() + 500ms;
  CHECK(scene.look().verdict == Verdict::not_running);
}

TEST_CASE("what libvirt paused for itself, a probe, or another policy resumes nothing",
          "[monitor]") {
  SECTION("a migration") {
    Paused scene(Reason::migrating, PausePolicy::resume);
    scene.guest.busy = true;
    scene.pass_grace();
    CHECK(scene.look().verdict == Verdict::running);
    CHECK(scene.host.calls(Verb::resume) == 0);
  }
  SECTION("a probe") {
    Paused scene(Reason::io_error, PausePolicy::resume);
    CHECK(scene.look(Depth::basic, Occasion::probe).verdict == Verdict::degraded);
    CHECK(scene.host.calls(Verb::resume) == 0);
  }
  SECTION("another policy") {
    Paused scene(Reason::io_error, PausePolicy::ignore);
    CHECK(scene.look().verdict == Verdict::running);
    CHECK(scene.guest.state == State::paused);
  }
}

TEST_CASE("a power-off that gets stuck fails after two minutes", "[monitor]") {
  Paused scene(Reason::other);
  scene.guest.state = State::shutdown;
  CHECK(scene.look().verdict == Verdict::running);
  scene.clock.advance(119s);
  CHECK(scene.look().verdict == Verdict::running);
  scene.clock.advance(2s);
  CHECK(scene.look().verdict == Verdict::failed);
}

TEST_CASE("a save of which QEMU may not be asked may go on", "[monitor]") {
  Paused scene(Reason::saving, PausePolicy::fail);
  scene.pass_grace();
  scene.guest.silent_qemu = true;
  CHECK(scene.look().verdict == Verdict::running);
  scene.guest.silent_qemu = false;
  CHECK(scene.look().verdict == Verdict::failed);
}

TEST_CASE("a guest that does not execute is told from one that does", "[monitor]") {
  const auto depth = GENERATE(Depth::basic, Depth::thorough);
  for (const Reason reason : {Reason::user, Reason::saving, Reason::migrating, Reason::io_error}) {
    Paused scene(reason);
    const Health health = scene.look(depth);
    CHECK(health.alive());
    CHECK(health.stands_still);
    scene.guest.state = State::running;
    scene.guest.reason = Reason::other;
    CHECK_FALSE(scene.look(depth).stands_still);
    scene.guest.state = State::pmsuspended;
    CHECK(scene.look(depth).stands_still);
  }
}

TEST_CASE("a guest that cannot be resumed stands still", "[monitor]") {
  Paused scene(Reason::io_error, PausePolicy::resume);
  scene.host.fail(Verb::resume, Error(Fault::failed, "cannot resume"));
  CHECK(scene.look().stands_still);
}

TEST_CASE("a guest that is held because another node may run it is shown, whatever the policy",
          "[monitor]") {
  const auto policy = GENERATE(PausePolicy::resume, PausePolicy::fail, PausePolicy::ignore);
  Paused scene(Reason::user, policy);
  hold_state(scene.places.notes, scene.subject.instance, scene.identity, scene.clock.now());
  scene.pass_grace();
  const Health health = scene.look();
  CHECK(health.verdict == Verdict::degraded);
  CHECK(health.stands_still);
  CHECK_THAT(health.reason, Catch::Contains("another node may run it"));
  CHECK(scene.host.calls(Verb::resume) == 0);
  SECTION("until it runs") {
    scene.guest.state = State::running;
    CHECK(scene.look().verdict == Verdict::running);
    scene.guest.state = State::paused;
    CHECK_THAT(scene.look().reason, !Catch::Contains("another node"));
  }
}

TEST_CASE("a guest that a broken migration left paused is shown, and neither resumed nor recovered",
          "[monitor]") {
  const auto depth = GENERATE(Depth::basic, Depth::thorough);
  Paused scene(Reason::migrating, GENERATE(PausePolicy::degraded, PausePolicy::resume, PausePolicy::fail));
  CHECK(scene.look(depth).verdict == Verdict::running);
  scene.clock.advance(301s);
  scene.guest.busy = true;
  CHECK(scene.look(depth).verdict == Verdict::running);
  scene.guest.busy = false;
  const Health health = scene.look(depth);
  CHECK(health.verdict == Verdict::degraded);
  CHECK_THAT(health.reason, Catch::Contains("paused (migration) for over 300 s"));
  CHECK(scene.host.calls(Verb::resume) == 0);
}
