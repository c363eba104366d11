// stop with a folder for the guest's memory.
#include "domain/stop.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "domain/lasting.h"
#include "scene.h"
#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Error;
using havc::Fault;
using havc::test::connect_fails;
using havc::test::FakeQemu;
using havc::test::Scene;
using havc::test::Verb;

namespace {

struct Saving : Scene {
  std::string image = folder / "images/" + identity.name + ".state";

  Saving() { std::filesystem::create_directory(folder / "images"); }
  Stopped run(bool force = false) {
    StopPolicy policy;
    policy.snapshot = folder / "images";
    policy.force = force;
    return stop(subject, policy, connect, places, clock.in(120s));
  }
  bool has_image() const { return std::filesystem::exists(image); }
  bool has_part() const { return std::filesystem::exists(image + ".part"); }
};

}  // namespace

TEST_CASE("with a folder the guest is saved instead of asked", "[save]") {
  Saving scene;
  scene.write_note();
  auto& guest = scene.add_guest();
  scene.host.next_save.takes = 30s;
  CHECK(scene.run() == Stopped::saved);
  CHECK(guest.requests == 0);
  CHECK(scene.host.calls(Verb::wake) == 0);
  CHECK(scene.host.calls(Verb::destroy) == 0);
  CHECK(scene.clock.elapsed() == 30s);
  CHECK(scene.has_image());
  CHECK_FALSE(scene.has_part());
  CHECK_FALSE(scene.has_note());
}

TEST_CASE("the image is closed to others", "[save]") {
  Saving scene;
  scene.add_guest();
  scene.run();
  struct stat status {};
  REQUIRE(stat(scene.image.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("a guest that was saved stays saved when it is stopped again", "[save]") {
  Saving scene;
  scene.add_guest();
  scene.run();
  CHECK(scene.run() == Stopped::already);
  CHECK(scene.has_image());
}

TEST_CASE("a save that fails is followed by a shutdown, and leaves nothing", "[save]") {
  Saving scene;
  auto& guest = scene.add_guest();
  scene.host.next_save.failure = Error(Fault::failed, "No space left on device");
  CHECK(scene.run() == Stopped::gracefully);
  CHECK(guest.requests == 1);
  CHECK_FALSE(scene.has_image());
  CHECK_FALSE(scene.has_part());
}

TEST_CASE("a save that does not end is aborted at the end of the grace", "[save]") {
  Saving scene;
  scene.add_guest();
  scene.host.next_save.takes = 1h;
  CHECK(scene.run() == Stopped::forcibly);
  CHECK(scene.host.calls(Verb::abort_job) == 1);
  CHECK(scene.clock.elapsed() == 100s);
  CHECK_FALSE(scene.has_image());
  const auto patience = havc::test::soon(30s);  // for another process
  while (scene.has_part() && !patience.expired()) patience.pause(10ms);
  CHECK_FALSE(scene.has_part());
}

TEST_CASE("a save that ends as it is given up still counts", "[save]") {
  Saving scene;
  scene.add_guest();
  scene.host.next_save.takes = 1h;
  scene.host.next_save.obeys_abort = false;
  CHECK(scene.run() == Stopped::saved);
  CHECK(scene.has_image());
}

TEST_CASE("a save is not begun without the space for it", "[save]") {
  Saving scene;
  scene.add_guest().memory = std::uint64_t{1} << 60;
  CHECK(scene.run() == Stopped::gracefully);
  CHECK(scene.host.calls(Verb::save) == 0);
}

TEST_CASE("a folder that is missing makes stop ask the guest", "[save]") {
  Saving scene;
  std::filesystem::remove(scene.folder / "images");
  scene.add_guest();
  CHECK(scene.run() == Stopped::gracefully);
}

TEST_CASE("an older image goes when the guest is not saved", "[save]") {
  Saving scene;
  scene.folder.write("images/" + scene.identity.name + ".state", "whole");
  SECTION("because of force") {
    scene.add_guest();
    CHECK(scene.run(true) == Stopped::forcibly);
  }
  SECTION("because it crashed") {
    scene.add_guest(State::crashed);
    CHECK(scene.run() == Stopped::forcibly);
    CHECK(scene.host.calls(Verb::save) == 0);
  }
  CHECK_FALSE(scene.has_image());
}

TEST_CASE("an older image goes when libvirt does not say that the guest ran", "[save]") {
  Saving scene;
  scene.folder.write("images/" + scene.identity.name + ".state", "whole");
  const FakeQemu qemu(scene.identity);
  SECTION("because it is silent") { scene.connect = connect_fails(Fault::unreachable); }
  SECTION("because it has forgotten it") {}
  CHECK(scene.run() == Stopped::forcibly);
  CHECK_FALSE(scene.has_image());
}

TEST_CASE("an image stays when nothing says that the guest ran", "[save]") {
  Saving scene;
  scene.folder.write("images/" + scene.identity.name + ".state", "whole");
  scene.connect = connect_fails(Fault::unreachable);
  CHECK(scene.run() == Stopped::already);
  CHECK(scene.has_image());
}

TEST_CASE("a guest that an administrator paused is saved", "[save]") {
  Saving scene;
  scene.add_guest(State::paused, Reason::user);
  CHECK(scene.run() == Stopped::saved);
}

TEST_CASE("a guest whose storage fails is not saved", "[save]") {
  Saving scene;
  scene.add_guest(State::paused, Reason::io_error);
  CHECK(scene.run() == Stopped::forcibly);
  CHECK(scene.host.calls(Verb::save) == 0);
}

TEST_CASE("a guest that may run on another node is not saved, and costs no image that is made there",
          "[save]") {
  Saving scene;
  auto& guest = scene.add_guest();
  guest.state = State::paused;
  std::filesystem::create_directories(scene.folder / "images");
  std::ofstream(scene.image) << "of the node on which it went on";
  SECTION("held by a migration that broke") {
    guest.reason = Reason::user;
    hold_state(scene.places.notes, scene.subject.instance, scene.identity, scene.clock.now());
  }
  SECTION("left behind by one") { guest.reason = Reason::migrating; }
  SECTION("whose post-copy failed") { guest.reason = Reason::postcopy_failed; }
  CHECK(scene.run() == Stopped::forcibly);
  CHECK(scene.has_image());
  CHECK(havc::read_file(scene.image, 100) == "of the node on which it went on");
}
