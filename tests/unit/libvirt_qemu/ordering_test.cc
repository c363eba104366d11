#include "libvirt_qemu/ordering.h"

#include "base/file.h"
#include "base/process.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

using namespace std::chrono_literals;
using havc::libvirt_qemu::ordering_drop_in;
using havc::libvirt_qemu::SystemdPlaces;
using havc::libvirt_qemu::units_of_guests;

namespace {

/// A host with folders of its own and a systemctl that records its calls, found in PATH.
struct Host {
  havc::test::TemporaryFolder folder;
  SystemdPlaces places{{folder / "etc", folder / "lib"}, folder / "run"};
  std::string drop_in = folder / "run/resource-agents-deps.target.d/99-havc-libvirt.conf";
  std::string path = std::getenv("PATH");

  Host() {
    std::filesystem::create_directory(folder / "run");
    for (const auto* unit : {"resource-agents-deps.target", "libvirtd.service", "virt-guest-shutdown.target"}) add("lib", unit);
    systemctl("exit 0");
    setenv("PATH", ((folder / "bin") + ":" + path).c_str(), 1);
  }
  ~Host() { setenv("PATH", path.c_str(), 1); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  void add(const std::string& where, const std::string& unit, const std::string& content = "[Unit]\n") const {
    folder.write(where + "/" + unit, content);
  }
  void systemctl(const std::string& then) const {
    const auto program = folder.write("bin/systemctl", "#!/bin/sh\necho \"$@\" >>" + (folder / "calls") + "\n" + then + "\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  }
  void arrange(havc::Duration time = 60s) const {
    havc::libvirt_qemu::arrange_ordering(places, havc::Deadline::after(havc::system_clock(), time));
  }
  std::string calls() const {
    return std::filesystem::exists(folder / "calls") ? havc::read_file(folder / "calls", 10000) : "";
  }
};

}  // namespace

TEST_CASE("units count when they are installed and not masked", "[ordering]") {
  const Host host;
  host.add("lib", "virtlogd.socket");
  host.add("lib", "unrelated.service");
  host.add("lib", "virtqemud.service");
  std::filesystem::create_directory(host.folder / "etc");
  std::filesystem::create_symlink("/dev/null", host.folder / "etc/virtqemud.service");
  host.add("etc", "virtqemud.socket", "");
  host.add("lib", "virtqemud.socket");
  CHECK(units_of_guests(host.places.units) == std::set<std::string>{"libvirtd.service", "virt-guest-shutdown.target", "virtlogd.socket"});
}

TEST_CASE("a host without any such unit needs no drop-in", "[ordering]") { CHECK(ordering_drop_in({}).empty()); }

TEST_CASE("the drop-in is written once, for everybody to read, and systemd told once", "[ordering]") {
  const Host host;
  const auto before = umask(0077);
  host.arrange();
  host.arrange();
  umask(before);
  CHECK(havc::read_file(host.drop_in, 10000) == ordering_drop_in({"libvirtd.service", "virt-guest-shutdown.target"}));
  CHECK(host.calls() == "daemon-reload\nstart --no-block virt-guest-shutdown.target\n");
  struct stat status {};
  REQUIRE(stat(host.drop_in.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0644);
}

TEST_CASE("another set of units replaces the drop-in", "[ordering]") {
  const Host host;
  host.arrange();
  host.add("lib", "virtlogd.service");
  host.arrange();
  CHECK_THAT(havc::read_file(host.drop_in, 10000), Catch::Matchers::Contains("After=virtlogd.service\n"));
}

TEST_CASE("a systemd that fails is told again the next time", "[ordering]") {
  const Host host;
  host.systemctl("echo no bus >&2; exit 1");
  host.arrange();
  CHECK_FALSE(std::filesystem::exists(host.drop_in));
  host.systemctl("exit 0");
  host.arrange();
  CHECK(std::filesystem::exists(host.drop_in));
}

TEST_CASE("a systemd that hangs costs a quarter of the time at most", "[ordering]") {
  const Host host;
  host.systemctl("sleep 1000");
  const auto begin = havc::system_clock().now();
  host.arrange(8s);
  CHECK(havc::system_clock().now() - begin < 7s);
  CHECK_FALSE(std::filesystem::exists(host.drop_in));
}

TEST_CASE("where systemd is not the init, nothing is done", "[ordering]") {
  const Host host;
  std::filesystem::remove(host.folder / "run");
  host.arrange();
  CHECK(host.calls().empty());
}

TEST_CASE("without the target that pacemaker waits for, nothing is written", "[ordering]") {
  const Host host;
  std::filesystem::remove(host.folder / "lib/resource-agents-deps.target");
  host.arrange();
  CHECK_FALSE(std::filesystem::exists(host.drop_in));
  CHECK(host.calls().empty());
}
