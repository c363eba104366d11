// What start begins a guest from: its file, libvirt's definition, or an image of its memory.
#include <fstream>

#include "domain/start.h"
#include "scene.h"
#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Error;
using havc::Fault;
using havc::test::FakeGuest;
using havc::test::Scene;
using havc::test::unique_domain;
using havc::test::Verb;

namespace {

struct Starting : Scene {
  StartPolicy policy;
  bool with_uuid = true;
  std::string devices;
  std::string image = folder / "images/" + identity.name + ".state";

  Started run() {
    const auto what = parse_definition("<domain type='qemu'><name>" + identity.name + "</name>" +
                                           (with_uuid ? "<uuid>" + identity.uuid + "</uuid>" : "") +
                                           "<devices>" + devices + "</devices></domain>",
                                       "/vm1.xml");
    return start(subject, what, policy, connect, places, clock.in(60s));
  }
  FakeGuest* guest() { return host.find(identity.name); }
  FakeGuest& define(bool managed_save = false) {
    FakeGuest& defined = add_guest(State::shutoff);
    defined.persistent = true;
    defined.managed_save = managed_save;
    return defined;
  }
  void write_image(const Identity& of) {
    std::filesystem::create_directory(folder / "images");
    policy.snapshot = folder / "images";
    folder.write("images/" + identity.name + ".state", "whole " + of.name + " " + of.uuid);
  }
  bool has_image() const { return std::filesystem::exists(image); }
};

}  // namespace

TEST_CASE("a persistent domain is defined with its mark and started", "[start]") {
  Starting scene;
  scene.policy.definition = DefinitionKind::persistent;
  CHECK(scene.run() == Started::started);
  REQUIRE(scene.guest());
  CHECK(scene.guest()->persistent);
  CHECK(scene.guest()->state == State::running);
  CHECK(scene.guest()->config == scene.subject.config);
}

TEST_CASE("a persistent definition that stayed behind is replaced", "[start]") {
  Starting scene;
  scene.policy.definition = DefinitionKind::persistent;
  scene.with_uuid = GENERATE(true, false);
  scene.define().config = "/old.xml";
  CHECK(scene.run() == Started::started);
  CHECK(scene.guest()->config == scene.subject.config);
  CHECK(scene.guest()->identity.uuid == scene.identity.uuid);
  CHECK(scene.host.calls(Verb::undefine) == 0);
}

TEST_CASE("a persistent start does not take over another domain's name", "[start]") {
  Starting scene;
  scene.policy.definition = DefinitionKind::persistent;
  scene.define().identity.uuid = unique_domain().uuid;
  CHECK_THROWS_WITH(scene.run(), Catch::Contains("another domain"));
  CHECK(scene.host.calls(Verb::define) == 0);
}

TEST_CASE("a managed-save image stops the start until somebody decides", "[start]") {
  Starting scene;
  auto& defined = scene.define(true);
  scene.policy.definition = GENERATE(DefinitionKind::transient, DefinitionKind::persistent);
  CHECK_THROWS_WITH(
      scene.run(), Catch::Contains("managed-save image") && Catch::Contains("managed_save_action"));
  CHECK(defined.managed_save);
  CHECK(defined.state == State::shutoff);
}

TEST_CASE("a managed-save image is restored when that is wanted", "[start]") {
  Starting scene;
  scene.define(true);
  scene.policy.managed_save = ManagedSave::restore;
  CHECK(scene.run() == Started::started);
  CHECK(scene.guest()->restored);
  CHECK_FALSE(scene.guest()->managed_save);
  CHECK(scene.host.calls(Verb::undefine) == 0);
}

TEST_CASE("a managed-save image is discarded when that is wanted", "[start]") {
  Starting scene;
  scene.define(true);
  scene.policy.managed_save = ManagedSave::discard;
  scene.policy.definition = GENERATE(DefinitionKind::transient, DefinitionKind::persistent);
  CHECK(scene.run() == Started::started);
  CHECK_FALSE(scene.guest()->restored);
  CHECK_FALSE(scene.guest()->managed_save);
  CHECK(scene.guest()->persistent == (scene.policy.definition == DefinitionKind::persistent));
}

TEST_CASE("a saved guest goes on, and its image goes", "[start]") {
  Starting scene;
  scene.write_image(scene.identity);
  scene.policy.definition = GENERATE(DefinitionKind::transient, DefinitionKind::persistent);
  CHECK(scene.run() == Started::started);
  CHECK(scene.guest()->restored);
  CHECK(scene.guest()->persistent == (scene.policy.definition == DefinitionKind::persistent));
  CHECK(scene.host.calls(Verb::create) == 0);
  CHECK_FALSE(scene.has_image());
  CHECK(scene.has_note());
}

TEST_CASE("a folder without an image means to boot", "[start]") {
  Starting scene;
  scene.policy.snapshot = scene.folder / "missing";
  CHECK(scene.run() == Started::started);
  CHECK_FALSE(scene.guest()->restored);
}

TEST_CASE("an image of another domain is neither used nor removed", "[start]") {
  Starting scene;
  Identity other = scene.identity;
  other.uuid = unique_domain().uuid;
  scene.write_image(other);
  CHECK_THROWS_WITH(scene.run(),
                    Catch::Contains(other.uuid) && Catch::Contains("remove it"));
  CHECK(scene.guest() == nullptr);
  CHECK(scene.has_image());
}

TEST_CASE("a damaged image is named, and not booted over", "[start]") {
  Starting scene;
  scene.write_image(scene.identity);
  std::ofstream(scene.image) << "part";
  CHECK_THROWS_WITH(scene.run(),
                    Catch::Contains(scene.image) && Catch::Contains("remove it"));
  CHECK(scene.guest() == nullptr);
}

TEST_CASE("a restore that fails leaves the image and says what to do", "[start]") {
  Starting scene;
  scene.write_image(scene.identity);
  scene.host.fail(Verb::restore, {Fault::unsupported, "cannot restore: no such CPU"});
  CHECK_THROWS_WITH(scene.run(),
                    Catch::Contains("no such CPU") && Catch::Contains("remove it"));
  CHECK(scene.has_image());
}

TEST_CASE("a guest never runs beside the image it came from", "[start]") {
  Starting scene;
  scene.write_image(scene.identity);
  SECTION("when libvirt hangs before it goes on") { scene.host.hang(Verb::resume); }
  SECTION("when libvirt hangs once it runs") { scene.host.hang(Verb::inspect, 2); }
  CHECK_THROWS_AS(scene.run(), Error);
  REQUIRE(scene.guest());
  CHECK_FALSE(scene.has_image());
}

TEST_CASE("a guest whose image cannot be removed does not go on", "[start]") {
  Starting scene;
  scene.write_image(scene.identity);
  // A folder in the way of the removal.
  std::filesystem::create_directories(scene.image + ".part/in the way");
  CHECK_THROWS_WITH(scene.run(), Catch::Contains("cannot remove"));
  REQUIRE(scene.guest());
  CHECK(scene.guest()->state == State::paused);
  CHECK(scene.has_image());
}

TEST_CASE("a guest that has booted is not given up for what lies in its folder", "[start]") {
  Starting scene;
  scene.policy.snapshot = scene.folder / "images";
  std::filesystem::create_directories(scene.image + ".part/in the way");
  CHECK(scene.run() == Started::started);
}

TEST_CASE("an image is refused when its disk was written to since", "[start]") {
  Starting scene;
  const std::string disk = scene.folder.write("disk.img", "");
  scene.devices =
      "<disk type='file' device='disk'><source file='" + disk + "'/><target dev='vda'/></disk>";
  scene.write_image(scene.identity);
  const auto now = std::filesystem::last_write_time(scene.image);
  std::filesystem::last_write_time(disk, now + 1min);
  CHECK_THROWS_WITH(scene.run(), Catch::Contains("is older than") && Catch::Contains(disk));
  std::filesystem::last_write_time(disk, now + 1s);
  CHECK(scene.run() == Started::started);
  CHECK(scene.guest()->restored);
}

TEST_CASE("no image outlives a start that did not use it", "[start]") {
  Starting scene;
  scene.write_image(scene.identity);
  SECTION("because the guest runs already") {
    scene.add_guest();
    CHECK(scene.run() == Started::already);
  }
  SECTION("because libvirt's own image came first") {
    scene.define(true);
    scene.policy.managed_save = ManagedSave::restore;
    CHECK(scene.run() == Started::started);
  }
  CHECK_FALSE(scene.has_image());
}

TEST_CASE("a port that was lost to another start is worth a second try", "[start]") {
  Starting scene;
  const Error taken(Fault::failed, "cannot start: Failed to bind socket: Address already in use");
  scene.host.fail(Verb::create, taken);
  CHECK(scene.run() == Started::started);
  CHECK(scene.host.calls(Verb::create) == 2);
}

TEST_CASE("a port that stays taken is an error", "[start]") {
  Starting scene;
  const Error taken(Fault::failed, "cannot start: Failed to bind socket: Address already in use");
  scene.host.fail(Verb::create, taken);
  scene.host.fail(Verb::create, taken, 2);
  CHECK_THROWS_WITH(scene.run(), Catch::Contains("already in use"));
  CHECK(scene.host.calls(Verb::create) == 2);
}

TEST_CASE("a transient TPM is not started, since its secrets would go", "[start]") {
  Starting scene;
  scene.devices = "<tpm><backend type='emulator'/></tpm>";
  try {
    scene.run();
    FAIL("it was started");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("persistent_state") != std::string::npos);
    // Another node may have another file: not to be banned, too.
    CHECK(error.fault() == Fault::unusable_here);
  }
  CHECK(scene.guest() == nullptr);
  SECTION("unless it keeps them") {
    scene.devices = "<tpm><backend type='emulator' persistent_state='yes'/></tpm>";
  }
  SECTION("unless libvirt keeps the domain") {
    scene.policy.definition = DefinitionKind::persistent;
  }
  CHECK(scene.run() == Started::started);
}

TEST_CASE("what a transient disk left behind is named", "[start]") {
  Starting scene;
  const std::string disk = scene.folder.write("disk.img", "");
  scene.devices = "<disk type='file' device='disk'><source file='" + disk +
                  "'/><target dev='vda'/><transient/></disk>";
  scene.host.fail(Verb::create, {Fault::unsupported, "Overlay file already exists"});
  CHECK_THROWS_WITH(scene.run(), "Overlay file already exists");
  const std::string overlay = scene.folder.write("disk.img.TRANSIENT-" + scene.identity.name, "");
  scene.host.fail(Verb::create, {Fault::unsupported, "Overlay file already exists"});
  CHECK_THROWS_WITH(scene.run(), Catch::Contains(overlay) && Catch::Contains("remove that file"));
}
