// What levels 10 and 20 find in a guest that runs, through monitor().
#include "domain/checkup.h"

#include "domain/agent_watch.h"
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

struct Examined : Scene {
  FakeQemu qemu{identity};
  havc::test::FakeGuest& guest = add_guest();
  HealthPolicy policy;
  Examined() {
    clock.advance(5h);
    write_run_state(qemu.pid());
  }
  Health look(Depth depth = Depth::thorough) {
    return monitor(subject, {}, depth, Occasion::recurring, policy, connect, places, clock.in(60s));
  }
  Verdict verdict(Depth depth = Depth::thorough) { return look(depth).verdict; }
  void runs_with(const std::string& devices) { guest.xml = xml(devices); }
  void defined_with(const std::string& devices) const { folder.write("vm1.xml", xml(devices)); }
  std::string xml(const std::string& devices) const {
    return "<domain type='kvm'><name>" + identity.name + "</name><uuid>" + identity.uuid +
           "</uuid><devices>" + devices + "</devices></domain>";
  }
  void agent(bool connected, AgentAnswer answer = AgentAnswer::answered) {
    guest.agent = answer;
    runs_with(
        std::string(
            "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='") +
        (connected ? "connected" : "disconnected") + "'/></channel>");
  }
};

std::string disk(const std::string& path) {
  return "<disk type='file' device='disk'><source file='" + path + "'/><target dev='vda'/></disk>";
}

}  // namespace

TEST_CASE("nothing is blamed in a guest without agent and definition", "[checkup]") {
  Examined scene;
  CHECK(scene.verdict(Depth::thorough) == Verdict::running);
  CHECK(scene.verdict(Depth::strict) == Verdict::running);
  CHECK(scene.host.calls(Verb::ask_agent) == 0);
}

TEST_CASE("a QEMU that does not answer libvirt is degraded at level 10, and well at level 0",
          "[checkup]") {
  Examined scene;
  scene.guest.silent_qemu = true;
  CHECK(scene.verdict(Depth::basic) == Verdict::running);
  const auto depth = GENERATE(Depth::thorough, Depth::strict);
  const Health health = scene.look(depth);
  CHECK(health.verdict == Verdict::degraded);
  CHECK(health.reason == "QEMU of domain '" + scene.identity.name + "' does not answer libvirt");
}

TEST_CASE("a libvirt that falls silent at the question is named as such", "[checkup]") {
  Examined scene;
  scene.host.hang(Verb::ask_qemu);
  const Health health = scene.look();
  CHECK(health.verdict == Verdict::degraded);
  CHECK_THAT(health.reason, Catch::Contains("libvirt does not answer"));
}

TEST_CASE("a guest that ends while its QEMU is asked does not run", "[checkup]") {
  Scene scene;
  scene.add_guest().vanishes_before_answer = true;
  const Health health = monitor(scene.subject, {}, Depth::thorough, Occasion::recurring, {},
                                scene.connect, scene.places, scene.clock.in(60s));
  CHECK(health.verdict == Verdict::not_running);
}

TEST_CASE("the examination of a guest whose QEMU hangs ends in time", "[checkup]") {
  Examined scene;
  scene.guest.silent_qemu = true;
  const auto begin = scene.clock.elapsed();
  monitor(scene.subject, {}, Depth::thorough, Occasion::recurring, {}, scene.connect, scene.places,
          scene.clock.in(4s));
  CHECK(scene.clock.elapsed() - begin < 4s);
}

TEST_CASE("block errors of a guest that runs are shown", "[checkup]") {
  Examined scene;
  scene.guest.disk_errors = {{"vda", false}};
  const Health health = scene.look();
  CHECK(health.verdict == Verdict::degraded);
  CHECK(health.reason == "domain '" + scene.identity.name + "' runs with I/O error on vda");
}

TEST_CASE("block errors that are to be ignored are, in a guest that runs or is paused by them",
          "[checkup]") {
  Examined scene;
  scene.policy.io_error = PausePolicy::ignore;
  scene.guest.disk_errors = {{"vda", false}};
  CHECK(scene.verdict() == Verdict::running);
  scene.guest.state = State::paused;
  scene.guest.reason = Reason::io_error;
  CHECK(scene.verdict() == Verdict::running);
}

TEST_CASE("an agent that was connected and is silent twice is degraded, and failed at level 20",
          "[checkup]") {
  Examined scene;
  scene.agent(true);
  CHECK(scene.verdict() == Verdict::running);
  scene.agent(true, AgentAnswer::silent);
  CHECK(scene.verdict() == Verdict::running);
  CHECK(scene.verdict() == Verdict::degraded);
  CHECK(scene.verdict(Depth::strict) == Verdict::failed);
  CHECK(scene.verdict(Depth::basic) == Verdict::running);
  scene.agent(true);
  CHECK(scene.verdict(Depth::strict) == Verdict::running);
}

TEST_CASE("an agent that is gone counts once it was seen", "[checkup]") {
  Examined scene;
  scene.agent(false);
  CHECK(scene.verdict() == Verdict::running);
  CHECK(scene.verdict() == Verdict::running);
  scene.agent(true);
  CHECK(scene.verdict() == Verdict::running);
  scene.agent(false);
  CHECK(scene.verdict() == Verdict::running);
  CHECK(scene.verdict() == Verdict::degraded);
  CHECK(scene.verdict(Depth::strict) == Verdict::degraded);
  scene.clock.advance(kAgentBoot);
  CHECK(scene.verdict(Depth::strict) == Verdict::failed);
}

TEST_CASE("an agent is not asked during a migration, in a paused guest, or when it is not wanted",
          "[checkup]") {
  Examined scene;
  scene.agent(true, AgentAnswer::silent);
  SECTION("migration") {
    scene.guest.busy = true;
  }
  SECTION("paused") {
    scene.guest.state = State::paused;
    scene.policy.paused = PausePolicy::ignore;
  }
  SECTION("suspended") {
    scene.guest.state = State::pmsuspended;
  }
  SECTION("off") {
    scene.policy.agent = AgentCheck::off;
  }
  for (int i = 0; i < 3; ++i) CHECK(scene.verdict(Depth::strict) == Verdict::running);
  CHECK(scene.host.calls(Verb::ask_agent) == 0);
}

TEST_CASE("a failing agent comes before block errors at level 20, and after them at level 10",
          "[checkup]") {
  Examined scene;
  scene.agent(true, AgentAnswer::silent);
  scene.guest.disk_errors = {{"vda", false}};
  scene.look();
  CHECK_THAT(scene.look().reason, Catch::Contains("I/O error"));
  CHECK(scene.verdict(Depth::strict) == Verdict::failed);
}

TEST_CASE("a guest that runs from an overlay is degraded until the definition says so",
          "[checkup]") {
  Examined scene;
  scene.runs_with(disk("/overlay"));
  scene.defined_with(disk("/base"));
  const Health health = scene.look();
  CHECK(health.verdict == Verdict::degraded);
  CHECK_THAT(health.reason, Catch::Contains("vda") && Catch::Contains("'/overlay'"));
  CHECK(scene.verdict(Depth::basic) == Verdict::running);
  scene.defined_with(disk("/overlay"));
  CHECK(scene.verdict() == Verdict::running);
}

TEST_CASE("a definition that is missing, damaged or of another domain is not compared",
          "[checkup]") {
  Examined scene;
  scene.runs_with(disk("/overlay"));
  CHECK(scene.verdict() == Verdict::running);
  scene.folder.write("vm1.xml", "<domain");
  CHECK(scene.verdict() == Verdict::running);
  scene.folder.write("vm1.xml", "<domain type='kvm'><name>other</name><devices>" + disk("/b") +
                                    "</devices></domain>");
  CHECK(scene.verdict() == Verdict::running);
}

TEST_CASE("a guest that arrives or powers off is left alone", "[checkup]") {
  Examined scene;
  scene.guest.silent_qemu = true;
  SECTION("arrives") {
    scene.guest.state = State::paused;
    scene.guest.reason = Reason::migrating;
  }
  SECTION("powers off") {
    scene.guest.state = State::shutdown;
  }
  CHECK(scene.verdict() == Verdict::running);
  CHECK(scene.host.calls(Verb::ask_qemu) == 0);
}

TEST_CASE("a driver that knows no such questions has nothing to blame", "[checkup]") {
  Examined scene;
  scene.host.fail(Verb::ask_qemu, Error(Fault::unsupported, "not supported"));
  CHECK(scene.verdict() == Verdict::running);
}
