// The ways in which stop asks a guest, in the order that the policy has.
#include "domain/stop.h"
#include "scene.h"
#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Error;
using havc::Fault;
using havc::test::FakeGuest;
using havc::test::Scene;
using havc::test::Verb;
using Asked = std::vector<std::optional<ShutdownMethod>>;

static constexpr auto kAgent = ShutdownMethod::agent;
static constexpr auto kAcpi = ShutdownMethod::acpi;

static Stopped run(Scene& scene, ShutdownMethods methods) {
  StopPolicy policy;
  policy.methods = std::move(methods);
  return stop(scene.subject, policy, scene.connect, scene.places, scene.clock.in(120s));
}

TEST_CASE("without a list libvirt chooses the way", "[stop]") {
  Scene scene;
  auto& guest = scene.add_guest();
  CHECK(run(scene, {}) == Stopped::gracefully);
  CHECK(guest.asked == Asked{std::nullopt});
}

TEST_CASE("a guest that obeys the first way is not asked by the second", "[stop]") {
  Scene scene;
  auto& guest = scene.add_guest();
  CHECK(run(scene, {kAgent, kAcpi}) == Stopped::gracefully);
  CHECK(guest.asked == Asked{kAgent});
}

TEST_CASE("a way that libvirt refuses is followed by the next at once", "[stop]") {
  Scene scene;
  auto& guest = scene.add_guest();
  guest.refused = {kAgent};
  CHECK(run(scene, {kAgent, kAcpi}) == Stopped::gracefully);
  CHECK(guest.asked == Asked{kAgent, kAcpi});
  CHECK(scene.clock.elapsed() == 0s);
}

TEST_CASE("a way that the guest does not hear is followed by the next", "[stop]") {
  Scene scene;
  auto& guest = scene.add_guest();
  guest.unheard = {kAgent};
  CHECK(run(scene, {kAgent, kAcpi}) == Stopped::gracefully);
  CHECK(guest.asked == Asked{kAgent, kAcpi});
  CHECK(scene.clock.elapsed() == 5s);
}

TEST_CASE("the ways are tried anew, in turn, until the grace ends", "[stop]") {
  Scene scene;
  auto& guest = scene.add_guest();
  guest.unheard = {kAgent, kAcpi};
  CHECK(run(scene, {kAgent, kAcpi}) == Stopped::forcibly);
  CHECK(guest.asked == Asked{kAgent, kAcpi, kAgent, kAcpi, kAgent});
  CHECK(scene.clock.elapsed() == 100s);
}

TEST_CASE("an agent that hangs does not eat the grace", "[stop]") {
  Scene scene;
  auto& guest = scene.add_guest();
  scene.host.fail(Verb::request_shutdown, {Fault::timed_out, "libvirt does not answer"});
  CHECK(run(scene, {kAgent, kAcpi}) == Stopped::gracefully);
  CHECK(guest.asked == Asked{kAcpi});
  CHECK(scene.clock.elapsed() <= 7s);
}

TEST_CASE("when libvirt refuses every way the guest is asked again, then destroyed", "[stop]") {
  Scene scene;
  auto& guest = scene.add_guest();
  guest.refused = {kAgent, kAcpi};
  CHECK(run(scene, {kAgent, kAcpi}) == Stopped::forcibly);
  CHECK(guest.asked.size() > 10);
  CHECK(scene.clock.elapsed() == 100s);
}
