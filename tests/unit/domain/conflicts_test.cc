#include "domain/conflicts.h"

#include "scene.h"
#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Error;
using havc::Fault;
using havc::test::Scene;
using havc::test::Verb;
using Sentences = std::vector<std::string>;

namespace {

struct Etc : Scene {
  Sentences seen() {
    const auto host_connection = connect(subject.uri, clock.in(10s));
    return conflicts(subject, places, *host_connection, clock.in(10s));
  }
  void enable_guests_service() const {
    folder.write("etc/systemd/system/multi-user.target.wants/x", "");
    std::filesystem::create_symlink(
        "/lib/systemd/system/libvirt-guests.service",
        folder / "etc/systemd/system/multi-user.target.wants/libvirt-guests.service");
  }
};

}  // namespace

TEST_CASE("a host without libvirt's own services has no conflicts", "[conflicts]") {
  Etc etc;
  etc.folder.write("etc/default/libvirt-guests", "ON_BOOT=start\nON_SHUTDOWN=suspend\n");
  CHECK(etc.seen().empty());
}

TEST_CASE("libvirt-guests is warned of, also with the settings it has by itself", "[conflicts]") {
  Etc etc;
  etc.enable_guests_service();
  const auto found = etc.seen();
  REQUIRE(found.size() == 2);
  CHECK_THAT(found[0], Catch::Contains("ON_BOOT=start"));
  CHECK_THAT(found[1], Catch::Contains("ON_SHUTDOWN=suspend"));
}

TEST_CASE("libvirt-guests that leaves guests alone is no conflict", "[conflicts]") {
  Etc etc;
  etc.enable_guests_service();
  const std::string file =
      GENERATE(as<std::string>(), "etc/default/libvirt-guests", "etc/sysconfig/libvirt-guests");
  etc.folder.write(file, "# ON_BOOT=start\nON_BOOT=ignore\n ON_SHUTDOWN=\"shutdown\"\n");
  CHECK(etc.seen().empty());
}

TEST_CASE("a domain that libvirtd starts by itself is warned of", "[conflicts]") {
  Etc etc;
  auto& guest = etc.add_guest();
  guest.persistent = true;
  guest.autostart = true;
  REQUIRE(etc.seen().size() == 1);
  CHECK_THAT(etc.seen()[0], Catch::Contains("virsh autostart --disable"));
}

TEST_CASE("a definition in libvirt's own folder is warned of", "[conflicts]") {
  Etc etc;
  etc.subject.config = etc.places.etc + "/libvirt/qemu/vm1.xml";
  REQUIRE(etc.seen().size() == 1);
  CHECK_THAT(etc.seen()[0], Catch::Contains("libvirt's own folder"));
}

TEST_CASE("what cannot be found out is no conflict", "[conflicts]") {
  Etc etc;
  etc.host.fail(Verb::starts_by_itself, {Fault::timed_out, "libvirt does not answer"});
  CHECK(etc.seen().empty());
}

TEST_CASE("the lock manager is read from libvirt's configuration", "[conflicts]") {
  Etc etc;
  CHECK(lock_manager(etc.places.etc).empty());
  etc.folder.write("etc/libvirt/qemu.conf", "#lock_manager = \"sanlock\"\nuser = \"root\"\n");
  CHECK(lock_manager(etc.places.etc).empty());
  etc.folder.write("etc/libvirt/qemu.conf", "lock_manager = \"lockd\"\n");
  CHECK(lock_manager(etc.places.etc) == "lockd");
}

TEST_CASE("folders that libvirt was told to share are seen", "[conflicts]") {
  Etc etc;
  CHECK_FALSE(declares_shared_folders(etc.places.etc));
  etc.folder.write("etc/libvirt/qemu.conf", "shared_filesystems = [\n  \"/srv\"\n]\n");
  CHECK(declares_shared_folders(etc.places.etc));
}
