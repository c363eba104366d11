#include "domain/start.h"

#include "scene.h"
#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Error;
using havc::Fault;
using havc::test::FakeQemu;
using havc::test::Scene;
using havc::test::unique_domain;
using havc::test::Verb;

static Definition definition(const Scene& scene, const std::string& path = "/vm1.xml",
                             bool with_uuid = true) {
  return parse_definition("<domain type='qemu'><name>" + scene.identity.name + "</name>" +
                              (with_uuid ? "<uuid>" + scene.identity.uuid + "</uuid>" : "") +
                              "</domain>",
                          path);
}

static Started run(Scene& scene, const Definition& what) {
  return start(scene.subject, what, {}, scene.connect, scene.places, scene.clock.in(60s));
}

TEST_CASE("a domain is started with its mark, and noted", "[start]") {
  Scene scene;
  CHECK(run(scene, definition(scene)) == Started::started);
  auto* guest = scene.host.find(scene.identity.name);
  REQUIRE(guest != nullptr);
  CHECK(guest->config == scene.subject.config);
  CHECK_FALSE(guest->persistent);
  const auto note = read_note(scene.places.notes, scene.subject.instance);
  REQUIRE(note);
  CHECK(note->identity.uuid == scene.identity.uuid);
}

TEST_CASE("a domain that runs is started already", "[start]") {
  Scene scene;
  scene.add_guest();
  CHECK(run(scene, definition(scene)) == Started::already);
  CHECK(run(scene, definition(scene, "/vm1.xml", false)) == Started::already);
  CHECK(scene.host.calls(Verb::create) == 0);
  CHECK(scene.has_note());
}

TEST_CASE("a domain that certainly runs needs no libvirt", "[start]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  scene.write_run_state(qemu.pid());
  scene.connect = havc::test::connect_fails(Fault::timed_out);
  CHECK(run(scene, definition(scene)) == Started::already);
  CHECK(scene.has_note());
}

TEST_CASE("a connection that breaks in the middle is no failed start", "[start]") {
  Scene scene;
  scene.places.processes = false;
  const bool runs = GENERATE(true, false);
  scene.host.fail(Verb::create, {Fault::unreachable, "End of file while reading data"});
  int tries = 0;
  const Connect restarting = [&](const std::string& uri, havc::Deadline deadline) {
    ++tries;
    if (tries > 1 && tries < 6) throw Error(Fault::unreachable, "Connection refused");
    if (tries == 6 && runs) scene.add_guest();
    return scene.host.connector()(uri, deadline);
  };
  CHECK(start(scene.subject, definition(scene), {}, restarting, scene.places, scene.clock.in(60s)) ==
        Started::started);
  CHECK(scene.host.calls(Verb::create) == (runs ? 1 : 2));
  CHECK(scene.clock.elapsed() <= 10s);
}

TEST_CASE("a libvirt that does not come back after a broken start is an error", "[start]") {
  Scene scene;
  scene.host.fail(Verb::create, {Fault::unreachable, "End of file while reading data"});
  int tries = 0;
  const Connect gone = [&](const std::string& uri, havc::Deadline deadline) {
    if (++tries > 1) throw Error(Fault::unreachable, "Connection refused");
    return scene.host.connector()(uri, deadline);
  };
  CHECK_THROWS_WITH(
      start(scene.subject, definition(scene), {}, gone, scene.places, scene.clock.in(60s)),
      Catch::Contains("End of file"));
  CHECK(scene.clock.elapsed() <= 45s);
}

TEST_CASE("a stale definition goes first", "[start]") {
  Scene scene;
  scene.add_guest(State::shutoff).persistent = true;
  CHECK(run(scene, definition(scene)) == Started::started);
  CHECK(scene.host.calls(Verb::undefine) == 1);
  REQUIRE(scene.host.find(scene.identity.name) != nullptr);
  CHECK_FALSE(scene.host.find(scene.identity.name)->persistent);
}

TEST_CASE("libvirt's own definition is kept when the resource's file is that", "[start]") {
  Scene scene;
  scene.add_guest(State::shutoff).persistent = true;
  const std::string path =
      GENERATE(as<std::string>(), "/etc/libvirt/qemu/vm1.xml", "//etc/libvirt/./qemu/vm1.xml");
  CHECK(run(scene, definition(scene, path)) == Started::started);
  CHECK(scene.host.calls(Verb::undefine) == 0);
}

TEST_CASE("libvirt's own definition is kept when a link leads to it", "[start]") {
  Scene scene;
  scene.add_guest(State::shutoff).persistent = true;
  std::filesystem::create_directory_symlink("/etc/libvirt/qemu", scene.folder / "link");
  CHECK(run(scene, definition(scene, scene.folder / "link/vm1.xml")) == Started::started);
  CHECK(scene.host.calls(Verb::undefine) == 0);
}

TEST_CASE("a definition of another domain with the name is neither dropped nor used", "[start]") {
  Scene scene;
  auto& other = scene.add_guest(State::shutoff);
  other.identity.uuid = unique_domain().uuid;
  other.persistent = true;
  CHECK_THROWS_WITH(run(scene, definition(scene)), Catch::Contains(other.identity.uuid));
  CHECK(other.persistent);
  CHECK(scene.host.calls(Verb::create) == 0);
}

TEST_CASE("another domain that runs under the name is not taken for ours", "[start]") {
  Scene scene;
  scene.add_guest().identity.uuid = unique_domain().uuid;
  CHECK_THROWS_AS(run(scene, definition(scene)), Error);
  CHECK_FALSE(scene.has_note());
}

TEST_CASE("an orphan QEMU is not joined by a second one", "[start]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  CHECK_THROWS_WITH(run(scene, definition(scene)), Catch::Contains("orphan QEMU pid"));
  CHECK(scene.host.calls(Verb::create) == 0);
}

TEST_CASE("a corpse is not a running domain", "[start]") {
  Scene scene;
  scene.add_guest(State::crashed);
  CHECK_THROWS_WITH(run(scene, definition(scene)), Catch::Contains("crashed"));
}

TEST_CASE("a definition that now means another domain does not start beside the old one",
          "[start]") {
  Scene scene;
  scene.write_note();
  scene.add_guest();
  const std::string before = scene.identity.name;
  scene.identity = unique_domain();
  CHECK_THROWS_WITH(run(scene, definition(scene)),
                    Catch::Contains("still runs domain '" + before + "'"));
  CHECK(scene.host.calls(Verb::create) == 0);
}

TEST_CASE("a note of a domain that is gone does not hinder", "[start]") {
  Scene scene;
  scene.write_note();
  scene.identity = unique_domain();
  CHECK(run(scene, definition(scene)) == Started::started);
  CHECK(read_note(scene.places.notes, "vm1")->identity.name == scene.identity.name);
}

TEST_CASE("libvirt's refusal comes through and leaves no note", "[start]") {
  Scene scene;
  scene.host.fail(Verb::create, {Fault::failed, "no bridge 'br0'"});
  CHECK_THROWS_WITH(run(scene, definition(scene)), "no bridge 'br0'");
  CHECK_FALSE(scene.has_note());
}

TEST_CASE("a note that cannot be written does not spoil a start", "[start]") {
  Scene scene;
  scene.places.notes = "/proc/nonexistent";
  CHECK(run(scene, definition(scene)) == Started::started);
}

namespace {

Definition definition_with_network(const Scene& scene) {
  return parse_definition("<domain type='qemu'><name>" + scene.identity.name +
                              "</name><devices><interface type='network'><source network='lan'/>"
                              "</interface></devices></domain>",
                          "/vm1.xml");
}

Started run_with_resources(Scene& scene) {
  StartPolicy policy;
  policy.start_resources = true;
  return start(scene.subject, definition_with_network(scene), policy, scene.connect, scene.places,
               scene.clock.in(60s));
}

}  // namespace

TEST_CASE("a network that is not active is started first when asked for", "[start]") {
  Scene scene;
  scene.host.equipment.networks = {{"lan", false}};
  CHECK_THROWS_WITH(run(scene, definition_with_network(scene)), Catch::Contains("'lan'"));
  CHECK_FALSE(scene.host.equipment.networks["lan"]);
  CHECK(run_with_resources(scene) == Started::started);
  CHECK(scene.host.equipment.networks["lan"]);
}

TEST_CASE("a network that does not start is the reason", "[start]") {
  Scene scene;
  CHECK_THROWS_WITH(run_with_resources(scene), "cannot start network 'lan': there is none of that name");
  scene.host.equipment.networks = {{"lan", false}};
  scene.host.hang(Verb::activate);
  CHECK_THROWS_WITH(run_with_resources(scene), Catch::Contains("network 'lan' does not start"));
  CHECK(scene.clock.elapsed() <= 60s);
}

TEST_CASE("consent to a start is asked before anything changes, and its refusal is the result", "[start]") {
  Scene scene;
  scene.add_guest(State::shutoff).persistent = true;
  StartPolicy policy;
  policy.consent = [&](const Identity& domain, havc::Deadline) {
    CHECK(domain.name == scene.identity.name);
    throw Error(Fault::failed, "the hook says no");
  };
  CHECK_THROWS_WITH(start(scene.subject, definition(scene), policy, scene.connect, scene.places, scene.clock.in(60s)), "the hook says no");
  CHECK(scene.host.calls(Verb::undefine) == 0);
  CHECK(scene.host.calls(Verb::create) == 0);
}

TEST_CASE("no consent is needed for a domain that runs already", "[start]") {
  Scene scene;
  scene.add_guest();
  StartPolicy policy;
  policy.consent = [](const Identity&, havc::Deadline) { throw Error(Fault::failed, "the hook says no"); };
  CHECK(start(scene.subject, definition(scene), policy, scene.connect, scene.places, scene.clock.in(60s)) == Started::already);
}
