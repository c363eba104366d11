// Looks at files, images, bridges and the machine, on folders made for them.

#include "node/looks.h"

#include "node/bridges.h"
#include "node/machine_look.h"
#include "node/sha256.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <sys/stat.h>

#include <filesystem>

using namespace havc;
using namespace havc::node;
namespace fs = std::filesystem;

namespace {

const std::vector<MountPoint> kLocal{{"/", "ext4", "/dev/vda", false}};

}  // namespace

TEST_CASE("files are told with what proves them equal; links are not followed", "[node]") {
  const test::TemporaryFolder folder;
  fs::create_directory(folder / "vms");
  folder.write("vms/WEB-01.toml", "name");
  folder.write("cluster.toml", "");
  chmod((folder / "cluster.toml").c_str(), 0600);
  fs::create_symlink("/etc/passwd", folder / "link");
  fs::create_directory_symlink("/etc", folder / "etc");
  const Folder told = look_at_folder(folder.path(), kLocal);
  CHECK(told.exists);
  CHECK(told.local);
  REQUIRE(told.files.size() == 4);
  CHECK(told.file("cluster.toml")->mode == 0600);
  CHECK(told.file("cluster.toml")->sha256 == Answer<std::string>(sha256("")));
  CHECK(told.file("vms/WEB-01.toml")->size == 4);
  CHECK(told.file("link")->kind == FileKind::link);
  CHECK_FALSE(told.file("link")->sha256.known());
  CHECK(told.file("etc")->kind == FileKind::link);
}

TEST_CASE("a folder that is missing has no files, and is known to be missing", "[node]") {
  const test::TemporaryFolder folder;
  const Folder told = look_at_folder(folder / "none", kLocal);
  CHECK_FALSE(told.exists);
  CHECK(told.files.empty());
}

TEST_CASE("a folder behind a link is where the link leads", "[node]") {
  const test::TemporaryFolder folder;
  fs::create_directory(folder / "far");
  fs::create_directory_symlink(folder / "far", folder / "near");
  const std::vector<MountPoint> mounts{kLocal.front(),
                                       {fs::canonical(folder / "far"), "nfs4", "filer:/", false}};
  const Folder told = look_at_folder(folder / "near", mounts);
  CHECK(told.file_system == "nfs4");
  CHECK_FALSE(told.local);
}

TEST_CASE("an image's format is that of its first bytes", "[node]") {
  const auto [head, format] =
      GENERATE(table<std::string, std::string>({{"", "raw"},
                                                {"QFI", "raw"},
                                                {"QFI\xfb", "qcow2"},
                                                {"KDMV", "vmdk"},
                                                {std::string(64, ' ') + "\x7f\x10\xda\xbe", "vdi"},
                                                {std::string("\x55\xaa\0\0", 4), "raw"}}));
  CHECK(format_of(head) == format);
}

TEST_CASE("an image is told with the links on its way, its size and its format", "[node]") {
  const test::TemporaryFolder folder;
  const std::string real = fs::canonical(folder.write("a.qcow2", "QFI\xfb\1\2\3\4"));
  fs::create_symlink(real, folder / "link");
  const Image image = look_at_image(folder / "link");
  REQUIRE(image.facts.known());
  CHECK(*image.facts == ImageFacts{ImageKind::file, real, 8, "qcow2"});
  CHECK(look_at_image(folder / "none").facts->kind == ImageKind::missing);
  CHECK(look_at_image(folder.path()).facts->kind == ImageKind::other);
}

TEST_CASE("a mount tells its space, or why it does not", "[node]") {
  const test::TemporaryFolder folder;
  const Mount mount = look_at_mount(folder.path(), kLocal);
  REQUIRE(mount.space.known());
  CHECK(mount.space->bytes >= mount.space->free_bytes);
  CHECK(mount.mounted_on == "/");
  CHECK(look_at_mount(folder / "none", kLocal).space.unknown == "No such file or directory");
}

TEST_CASE("localhost resolves, and a name that cannot exist is known not to", "[node]") {
  CHECK_FALSE(look_up("localhost").addresses->empty());
}

TEST_CASE("a bridge is told with its ports, their VLANs and which are guests'", "[node]") {
  const test::TemporaryFolder sys;
  const test::TemporaryFolder vlans;
  const auto link = [&](const std::string& name, const std::string& flags) {
    fs::create_directories(sys / name);
    sys.write(name + "/ifindex", "1\n");
    sys.write(name + "/flags", flags + "\n");
  };
  link("br0", "0x1003");
  fs::create_directories(sys / "br0/bridge");
  fs::create_directories(sys / "br0/brif/eth0.4");
  fs::create_directories(sys / "br0/brif/vnet0");
  link("eth0.4", "0x1003");
  sys.write("eth0.4/carrier", "1\n");
  link("vnet0", "0x1003");
  sys.write("vnet0/tun_flags", "0x5002\n");
  link("eth0", "0x1002");
  vlans.write("eth0.4", "eth0.4  VID: 4\t REORDER_HDR: 1  dev->priv_flags: 1021\n");
  const auto bridges = look_at_bridges({"br0", "eth0", "br9", "../br0"}, sys.path(), vlans.path());
  REQUIRE(bridges.known());
  CHECK(bridges->at(0) == Bridge{"br0",
                                 true,
                                 true,
                                 true,
                                 false,
                                 {{"eth0.4", true, false, 4}, {"vnet0", false, true, {}}}});
  CHECK(bridges->at(1) == Bridge{"eth0", true, false, false, false, {}});
  CHECK_FALSE(bridges->at(2).exists);
  CHECK_FALSE(bridges->at(3).exists);
}

TEST_CASE("without /sys nothing is known of bridges", "[node]") {
  CHECK(look_at_bridges({"br0"}, "/nowhere", "/nowhere").doubtful());
}

TEST_CASE("the kernel's numbers are read, and what is missing is not zero", "[node]") {
  const test::TemporaryFolder proc;
  proc.write("meminfo",
             "MemTotal:       24684084 kB\nMemAvailable:   22989532 kB\nHugePages_Total:      16\n"
             "HugePages_Free:        4\nHugepagesize:       2048 kB\n");
  proc.write("cpuinfo",
             "processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: sse fpu\n\n"
             "processor\t: 1\nmodel name\t: Other\n");
  Report report;
  look_at_machine(proc.path(), proc / "kvm", report);
  CHECK(report.memory == Answer<Memory>(Memory{24684084ULL << 10U, 22989532ULL << 10U}));
  CHECK(report.hugepages == Answer<Hugepages>(Hugepages{2 << 20, 16, 4}));
  CHECK(report.cpu_model == Answer<std::string>(std::string("AMD EPYC")));
  CHECK(report.cpu_flags == Answer<std::string>(std::string("fpu sse")));
  CHECK(report.kvm == Answer<bool>(false));
  CHECK(report.uptime.doubtful());
  proc.write("meminfo", "MemTotal: 1 kB\n");
  look_at_machine(proc.path(), proc / "kvm", report);
  CHECK(report.memory.doubtful());
}
