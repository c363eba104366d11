// What is mounted where, by the kernel's list.

#include "node/mounts.h"

#include "support/catch.h"

using namespace havc::node;

namespace {

// The beginning is proc(5)'s form; two mounts lie on /srv, one name has a blank.
constexpr char kInfo[] =
    "25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
    "36 25 0:31 / /srv rw,relatime shared:2 - ext4 /dev/vdb rw\n"
    "37 36 0:32 / /srv rw,relatime shared:3 master:1 - nfs4 filer:/vm ro,vers=4.2\n"
    "38 37 0:33 / /srv/vm/a\\040b ro,relatime - fuse.bindfs /x rw\n"
    "odd line\n"
    "39 25 0:34 / /cut\n";

const auto kMounts = parse_mountinfo(kInfo);

}  // namespace

TEST_CASE("the mount of a path is the longest, and the last on one place", "[node]") {
  const auto [path, on] =
      GENERATE(table<std::string, std::string>({{"/", "ext4 /"},
                                                {"/etc/havc", "ext4 /"},
                                                {"/srv", "nfs4 /srv"},
                                                {"/srvx", "ext4 /"},
                                                {"/srv/vm/a", "nfs4 /srv"},
                                                {"/srv/vm/a b", "fuse.bindfs /srv/vm/a b"},
                                                {"/srv/vm/a b/c", "fuse.bindfs /srv/vm/a b"}}));
  const MountPoint* mount = mount_of(kMounts, path);
  REQUIRE(mount);
  CHECK(mount->type + " " + mount->path == on);
}

TEST_CASE("a relative path is on no mount", "[node]") {
  CHECK(mount_of(kMounts, "srv") == nullptr);
  CHECK(mount_of({}, "/srv") == nullptr);
}

TEST_CASE("a mount is read-only by itself or by its file system", "[node]") {
  CHECK_FALSE(mount_of(kMounts, "/")->read_only);
  CHECK(mount_of(kMounts, "/srv")->read_only);
  CHECK(mount_of(kMounts, "/srv/vm/a b")->read_only);
}

TEST_CASE("lines that are not understood are left out", "[node]") {
  CHECK(kMounts.size() == 4);
  CHECK(mount_of(kMounts, "/srv/vm/a b")->source == "/x");
}

TEST_CASE("network file systems and FUSE are not local", "[node]") {
  CHECK(is_local("ext4"));
  CHECK(is_local("xfs"));
  CHECK(is_local("overlay"));
  CHECK_FALSE(is_local("nfs"));
  CHECK_FALSE(is_local("nfs4"));
  CHECK_FALSE(is_local("fuse.glusterfs"));
  CHECK_FALSE(is_local("ceph"));
}
