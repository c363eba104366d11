#include "domain/stop.h"

#include "scene.h"
#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Error;
using havc::Fault;
using havc::test::FakeQemu;
using havc::test::Scene;
using havc::test::soon;
using havc::test::Verb;

static Stopped run(Scene& scene, const StopPolicy& policy = {}, havc::Duration time = 120s) {
  return stop(scene.subject, policy, scene.connect, scene.places, scene.clock.in(time));
}

TEST_CASE("a domain that is not there is stopped already", "[stop]") {
  Scene scene;
  scene.write_note();
  CHECK(run(scene) == Stopped::already);
  CHECK_FALSE(scene.has_note());
  CHECK(scene.clock.elapsed() == 0s);
}

TEST_CASE("a guest that obeys is stopped gracefully, without polling", "[stop]") {
  Scene scene;
  scene.write_note();
  scene.add_guest().powers_off_after = 18s;
  CHECK(run(scene) == Stopped::gracefully);
  CHECK(scene.clock.elapsed() == 18s);
  CHECK(scene.host.calls(Verb::request_shutdown) == 2);
  CHECK(scene.host.calls(Verb::destroy) == 0);
  CHECK(scene.host.calls(Verb::inspect) <= 8);
  CHECK_FALSE(scene.has_note());
}

TEST_CASE("a sleeping screen is woken before the guest is asked, unless that is not wanted",
          "[stop]") {
  Scene scene;
  scene.add_guest().needs_wake = true;
  CHECK(run(scene) == Stopped::gracefully);
  Scene left_alone;
  left_alone.add_guest().needs_wake = true;
  StopPolicy policy;
  policy.wake_guest = false;
  CHECK(run(left_alone, policy) == Stopped::forcibly);
  CHECK(left_alone.host.calls(Verb::wake) == 0);
}

TEST_CASE("a guest in S3 is woken", "[stop]") {
  Scene scene;
  scene.add_guest(State::pmsuspended);
  StopPolicy policy;
  policy.wake_guest = false;
  CHECK(run(scene, policy) == Stopped::gracefully);
}

TEST_CASE("a deaf guest is asked again and again, and destroyed in time", "[stop]") {
  Scene scene;
  auto& guest = scene.add_guest();
  guest.powers_off_after.reset();
  CHECK(run(scene) == Stopped::forcibly);
  CHECK(guest.requests == 5);
  CHECK(scene.clock.elapsed() == 100s);
}

TEST_CASE("with the timeouts of HAVC-II the guest gets all but ten seconds", "[stop]") {
  Scene scene;
  scene.add_guest().powers_off_after = 49s;
  CHECK(run(scene, {}, 60s) == Stopped::gracefully);
  Scene deaf;
  deaf.add_guest().powers_off_after.reset();
  CHECK(run(deaf, {}, 60s) == Stopped::forcibly);
  CHECK(deaf.clock.elapsed() == 50s);
}

TEST_CASE("a guest whose QEMU is stopped by a signal hears nothing, and is not asked", "[stop]") {
  Scene scene;
  auto& guest = scene.add_guest();
  guest.powers_off_after.reset();
  const FakeQemu qemu(scene.identity);
  qemu.freeze();
  CHECK(stop(scene.subject, {}, scene.connect, scene.places, soon(4s)) == Stopped::forcibly);
  CHECK(guest.requests == 0);
  CHECK_FALSE(qemu.alive());
}

TEST_CASE("force pulls the plug at once", "[stop]") {
  Scene scene;
  auto& guest = scene.add_guest();
  StopPolicy policy;
  policy.force = true;
  CHECK(run(scene, policy) == Stopped::forcibly);
  CHECK(guest.requests == 0);
  CHECK(scene.host.calls(Verb::wake) == 0);
  CHECK(scene.clock.elapsed() == 0s);
}

TEST_CASE("a guest that cannot hear is not asked", "[stop]") {
  const auto paused =
      GENERATE(Reason::io_error, Reason::user, Reason::migrating, Reason::guest_crashed);
  Scene scene;
  scene.add_guest(State::paused, paused);
  CHECK(run(scene) == Stopped::forcibly);
  CHECK(scene.host.calls(Verb::request_shutdown) == 0);
  CHECK(scene.clock.elapsed() == 0s);
}

TEST_CASE("a corpse that on_crash=preserve kept is destroyed", "[stop]") {
  Scene scene;
  scene.add_guest(State::crashed);
  CHECK(run(scene) == Stopped::forcibly);
}

TEST_CASE("a guest that goes by itself meanwhile is as good as one that obeyed", "[stop]") {
  Scene scene;
  scene.add_guest().vanishes_before_shutdown = true;
  CHECK(run(scene) == Stopped::gracefully);
  Scene late;
  auto& guest = late.add_guest();
  guest.powers_off_after.reset();
  guest.vanishes_before_destroy = true;
  CHECK(run(late) == Stopped::forcibly);
}

TEST_CASE("a request that fails does not end the stop", "[stop]") {
  Scene scene;
  scene.add_guest();
  scene.host.fail(Verb::request_shutdown, {Fault::failed, "agent does not answer"});
  CHECK(run(scene) == Stopped::gracefully);
  CHECK(scene.clock.elapsed() == 5s);
}

TEST_CASE("a request that hangs does not end the stop", "[stop]") {
  Scene scene;
  scene.add_guest();
  scene.host.fail(Verb::request_shutdown, {Fault::timed_out, "libvirt does not answer"});
  CHECK(run(scene) == Stopped::gracefully);
  CHECK(scene.host.calls(Verb::connect) == 2);
}

TEST_CASE("a namesake with another UUID is left alone", "[stop]") {
  Scene scene;
  scene.add_guest().identity.uuid = havc::test::unique_domain().uuid;
  CHECK(run(scene) == Stopped::already);
  REQUIRE(scene.host.find(scene.identity.name) != nullptr);
  CHECK(scene.host.find(scene.identity.name)->state == State::running);
}

TEST_CASE("a destroy that libvirt cannot finish is an error, never success", "[stop]") {
  Scene scene;
  scene.write_note();
  auto& guest = scene.add_guest();
  guest.powers_off_after.reset();
  guest.survives_destroy = 10min;
  CHECK_THROWS_AS(run(scene), Error);
  CHECK(scene.clock.elapsed() <= 121s);
  CHECK(scene.has_note());
}

TEST_CASE("a QEMU that libvirt does not know is ended", "[stop]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  CHECK(stop(scene.subject, {}, scene.connect, scene.places, soon(4s)) == Stopped::forcibly);
  CHECK_FALSE(qemu.alive());
}

TEST_CASE("without libvirt the QEMU is ended, also one that ignores SIGTERM or was stopped",
          "[stop]") {
  Scene scene;
  scene.connect = havc::test::connect_fails(Fault::timed_out);
  const bool deaf = GENERATE(false, true);
  const FakeQemu qemu(scene.identity,
                      deaf ? FakeQemu::Habit::ignores_sigterm : FakeQemu::Habit::obedient);
  if (!deaf) qemu.freeze();
  CHECK(stop(scene.subject, {}, scene.connect, scene.places, soon(1s)) == Stopped::forcibly);
  CHECK_FALSE(qemu.alive());
}

TEST_CASE("without libvirt and without a QEMU it is stopped already", "[stop]") {
  Scene scene;
  scene.connect = havc::test::connect_fails(Fault::unreachable);
  CHECK(run(scene) == Stopped::already);
  CHECK(scene.clock.elapsed() == 0s);
}

TEST_CASE("without libvirt and without a view of processes stop fails", "[stop]") {
  Scene scene;
  scene.connect = havc::test::connect_fails(Fault::unreachable);
  scene.places.proc = "/nonexistent/proc";
  CHECK_THROWS_AS(run(scene), Error);
  scene.places.processes = false;
  CHECK_THROWS_AS(run(scene), Error);
}

TEST_CASE("a libvirtd that is restarting is waited for: only with it can the guest be asked",
          "[stop]") {
  Scene scene;
  scene.add_guest();
  const FakeQemu qemu(scene.identity);
  scene.places.processes = true;
  int tries = 0;
  const Connect flaky = [&](const std::string& uri, havc::Deadline deadline) {
    if (++tries <= 6) throw Error(Fault::unreachable, "Connection refused");
    qemu.become_zombie();
    return scene.host.connector()(uri, deadline);
  };
  CHECK(stop(scene.subject, {}, flaky, scene.places, scene.clock.in(120s)) == Stopped::gracefully);
  CHECK(scene.clock.elapsed() <= 10s);
}

TEST_CASE("libvirt that hangs while the guest goes down does not spoil the stop", "[stop]") {
  Scene scene;
  scene.add_guest().powers_off_after = 10s;
  const FakeQemu qemu(scene.identity);
  scene.host.hang(Verb::inspect, 3);
  CHECK(stop(scene.subject, {}, scene.connect, scene.places, scene.clock.in(120s)) ==
        Stopped::forcibly);
  CHECK_FALSE(qemu.alive());
}
