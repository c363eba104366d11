#include "domain/monitor.h"

#include "scene.h"
#include "support/catch.h"

#include <functional>

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Fault;
using havc::test::FakeQemu;
using havc::test::Scene;
using havc::test::Verb;

static Health look(Scene& scene, Depth depth = Depth::basic,
                   Occasion occasion = Occasion::recurring, const HealthPolicy& policy = {}) {
  return monitor(scene.subject, {}, depth, occasion, policy, scene.connect, scene.places,
                 scene.clock.in(30s));
}

static Verdict verdict(Scene& scene, Depth depth = Depth::basic,
                       Occasion occasion = Occasion::recurring) {
  return look(scene, depth, occasion).verdict;
}

TEST_CASE("a healthy domain is running without a word to libvirt", "[monitor]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  scene.write_run_state(qemu.pid());
  CHECK(verdict(scene) == Verdict::running);
  CHECK(scene.host.calls(Verb::connect) == 0);
  CHECK(scene.clock.elapsed() == 0s);
}

TEST_CASE("depth 10 asks libvirt even then", "[monitor]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  scene.write_run_state(qemu.pid());
  scene.add_guest(State::paused, Reason::user);
  CHECK(verdict(scene, Depth::thorough) == Verdict::degraded);
}

TEST_CASE("libvirt's state counts where the run state says nothing", "[monitor]") {
  Scene scene;
  auto& guest = scene.add_guest();
  CHECK(verdict(scene) == Verdict::running);
  guest.state = State::paused;
  guest.reason = Reason::io_error;
  CHECK(verdict(scene) == Verdict::degraded);
  guest.state = State::crashed;
  CHECK(verdict(scene) == Verdict::failed);
}

TEST_CASE("no domain and no process is not running", "[monitor]") {
  Scene scene;
  CHECK(verdict(scene) == Verdict::not_running);
  CHECK(verdict(scene, Depth::basic, Occasion::probe) == Verdict::not_running);
}

TEST_CASE("a probe of an empty node is done at once", "[monitor]") {
  Scene scene;
  CHECK(verdict(scene, Depth::basic, Occasion::probe) == Verdict::not_running);
  CHECK(scene.clock.elapsed() == 0s);
  CHECK(scene.host.calls(Verb::inspect) == 1);
}

namespace {

/// A clock on which something happens when somebody sleeps.
class EventfulClock : public havc::test::FakeClock {
 public:
  std::function<void()> on_sleep;
  void sleep_until(havc::Instant when) override {
    FakeClock::sleep_until(when);
    if (on_sleep) on_sleep();
  }
};

}  // namespace

TEST_CASE("a recurring monitor looks again at a domain that seems gone, and finds it rebooted",
          "[monitor]") {
  Scene scene;
  EventfulClock clock;
  clock.on_sleep = [&] { scene.add_guest(); };
  const Health health = monitor(scene.subject, {}, Depth::basic, Occasion::recurring, {}, scene.connect,
                                scene.places, havc::Deadline::after(clock, 30s));
  CHECK(health.verdict == Verdict::running);
  CHECK(scene.host.calls(Verb::inspect) == 2);
}

TEST_CASE("a shut-off definition is not running, or failed when its QEMU died", "[monitor]") {
  Scene scene;
  auto& guest = scene.add_guest(State::shutoff);
  CHECK(verdict(scene) == Verdict::not_running);
  guest.reason = Reason::failed;
  CHECK(verdict(scene) == Verdict::failed);
  CHECK(verdict(scene, Depth::basic, Occasion::probe) == Verdict::not_running);
}

TEST_CASE("a QEMU that libvirt does not know is an orphan, never absent", "[monitor]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  for (const Occasion occasion : {Occasion::probe, Occasion::recurring}) {
    const Health health = look(scene, Depth::basic, occasion);
    CHECK(health.verdict == Verdict::failed);
    CHECK(health.reason.find("orphan QEMU pid " + std::to_string(qemu.pid())) == 0);
  }
}

TEST_CASE("a namesake with another UUID is another domain", "[monitor]") {
  Scene scene;
  scene.add_guest().identity.uuid = havc::test::unique_domain().uuid;
  CHECK(verdict(scene) == Verdict::not_running);
}

TEST_CASE("without libvirt a living QEMU is running, and degraded at depth 10", "[monitor]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  const auto fault =
      GENERATE(Fault::unreachable, Fault::timed_out, Fault::not_installed, Fault::permission);
  scene.connect = havc::test::connect_fails(fault);
  CHECK(verdict(scene) == Verdict::running);
  const Health health = look(scene, Depth::thorough);
  CHECK(health.verdict == Verdict::degraded);
  CHECK(health.remedy == "start libvirtd");
}

TEST_CASE("a hanging libvirt holds a monitor for five seconds at most", "[monitor]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  scene.host.hang(Verb::connect);
  CHECK(verdict(scene) == Verdict::running);
  CHECK(scene.clock.elapsed() <= 5s);
}

TEST_CASE("a hanging libvirt costs nothing while the run state is good", "[monitor]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  scene.write_run_state(qemu.pid());
  scene.host.hang(Verb::connect);
  CHECK(verdict(scene) == Verdict::running);
  CHECK(scene.clock.elapsed() == 0s);
}

TEST_CASE("without libvirt a domain without process is not running", "[monitor]") {
  Scene scene;
  scene.connect = havc::test::connect_fails(Fault::unreachable);
  CHECK(verdict(scene) == Verdict::not_running);
  CHECK(verdict(scene, Depth::basic, Occasion::probe) == Verdict::not_running);
}

TEST_CASE("without libvirt and without a view of processes nothing can be told", "[monitor]") {
  Scene scene;
  scene.connect = havc::test::connect_fails(Fault::timed_out);
  scene.places.processes = false;
  CHECK(verdict(scene) == Verdict::failed);
  scene.places.processes = true;
  scene.places.proc = "/nonexistent/proc";
  CHECK(verdict(scene) == Verdict::failed);
  CHECK(verdict(scene, Depth::basic, Occasion::probe) == Verdict::failed);
}

TEST_CASE("a QEMU that was stopped for two seconds has failed", "[monitor]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  scene.write_run_state(qemu.pid());
  scene.add_guest();
  qemu.freeze();
  const Health health = look(scene);
  CHECK(health.verdict == Verdict::failed);
  CHECK(health.remedy == "kill -CONT " + std::to_string(qemu.pid()));
  CHECK(scene.clock.elapsed() == 2s);
  scene.connect = havc::test::connect_fails(Fault::timed_out);
  CHECK(verdict(scene) == Verdict::failed);
}
