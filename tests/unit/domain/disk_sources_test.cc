#include "domain/disk_sources.h"

#include <filesystem>

#include "base/error.h"
#include "scene.h"
#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Error;
using havc::test::soon;
using havc::test::TemporaryFolder;

static constexpr long kNfs = 0x6969;
static constexpr long kExt4 = 0xef53;

static std::string domain_with(const std::string& disks) {
  return "<domain type='qemu'><name>a</name><devices>" + disks + "</devices></domain>";
}

static std::string disk_at(const std::string& path) {
  return "<disk type='file'><source file='" + path + "'/><target dev='vda'/></disk>";
}

TEST_CASE("only a link of a writable disk onto other, network storage hides it", "[disk_sources]") {
  const Disk disk{"vda", "disk", DiskKind::file};
  const Disk drive{"sda", "cdrom", DiskKind::file};
  Disk read_only = disk;
  read_only.readonly = true;
  CHECK_FALSE(is_hidden_network_disk(drive, {true, true, kNfs}));
  CHECK(is_hidden_network_disk(disk, {true, true, kNfs}));
  CHECK_FALSE(is_hidden_network_disk(read_only, {true, true, kNfs}));
  CHECK_FALSE(is_hidden_network_disk(disk, {true, true, kExt4}));
  CHECK_FALSE(is_hidden_network_disk(disk, {true, false, kNfs}));
  CHECK_FALSE(is_hidden_network_disk(disk, {false, true, kNfs}));
}

TEST_CASE("a file system's number may come with a sign", "[disk_sources]") {
  CHECK(is_network_file_system(0xff534d42));
  CHECK(is_network_file_system(static_cast<std::int32_t>(0xff534d42)));
}

TEST_CASE("a path is followed to the file system it leads to", "[disk_sources]") {
  const TemporaryFolder folder;
  const std::string file = folder.write("vm.img", "");
  const auto plain = look_at_path(file);
  REQUIRE(plain);
  CHECK_FALSE(plain->link);
  CHECK_FALSE(plain->elsewhere);
  std::filesystem::create_symlink("vm.img", folder / "near");
  CHECK(look_at_path(folder / "near")->link);
  CHECK_FALSE(look_at_path(folder / "near")->elsewhere);
  std::filesystem::create_symlink("/proc/self/status", folder / "far");
  std::filesystem::create_symlink("far", folder / "farther");
  CHECK(look_at_path(folder / "farther")->elsewhere);
  CHECK(look_at_path(folder / "farther")->file_system == 0x9fa0);  // PROC_SUPER_MAGIC
  CHECK_FALSE(look_at_path(folder / "missing"));
}

TEST_CASE("links that lead nowhere, or in a circle, are libvirt's to name", "[disk_sources]") {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("/nonexistent/vm.img", folder / "dead");
  std::filesystem::create_symlink("circle", folder / "circle");
  CHECK_NOTHROW(refuse_linked_sources(domain_with(disk_at(folder / "dead")), soon(10s)));
  CHECK_NOTHROW(refuse_linked_sources(domain_with(disk_at(folder / "circle")), soon(10s)));
}

TEST_CASE("only file systems of one host are local", "[disk_sources]") {
  CHECK(local_file_system(0xef53) == "ext");
  CHECK(local_file_system(0x58465342) == "xfs");
  CHECK(local_file_system(static_cast<int>(0x9123683e)) == "btrfs");
  // NFS, Ceph, GFS2, OCFS2, FUSE, GPFS, and one that nobody knows.
  for (const long type :
       {0x6969L, 0x00c36400L, 0x01161970L, 0x7461636fL, 0x65735546L, 0x47504653L, 1L}) {
    CHECK(local_file_system(type).empty());
  }
}
