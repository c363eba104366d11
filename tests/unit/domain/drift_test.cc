#include "domain/drift.h"

#include "support/catch.h"

using namespace havc::domain;

namespace {

std::string file(const std::string& target, const std::string& path, const std::string& more = "") {
  return "<disk type='file' device='disk'><source file='" + path + "'/><target dev='" + target +
         "'/>" + more + "</disk>";
}

std::optional<Drift> between(const std::string& live, const std::string& definition) {
  const auto domain = [](const std::string& disks) {
    return parse_devices("<domain><devices>" + disks + "</devices></domain>", "test");
  };
  return drift(domain(live), domain(definition));
}

}  // namespace

TEST_CASE("a disk that runs from an overlay has drifted from its definition", "[drift]") {
  const auto drifted =
      between(file("vda", "/a") + file("vdb", "/overlay"), file("vda", "/a") + file("vdb", "/b"));
  REQUIRE(drifted);
  CHECK(drifted->target == "vdb");
  CHECK(drifted->live == "/overlay");
}

TEST_CASE("a disk that was copied to another kind of storage has drifted", "[drift]") {
  const std::string rbd =
      "<disk type='network'><source protocol='rbd' name='p/i'/><target dev='vda'/></disk>";
  const std::string volume =
      "<disk type='volume'><source pool='p' volume='v'/><target dev='vda'/></disk>";
  CHECK(between(rbd, file("vda", "/a"))->live == "rbd:p/i");
  CHECK(between(file("vda", "/a"), volume)->live == "/a");
  CHECK_FALSE(between(rbd, rbd));
  CHECK_FALSE(between(volume, volume));
}

TEST_CASE("what is written differently is the same disk", "[drift]") {
  CHECK_FALSE(between(file("vda", "/srv/a.img"), file("vda", "/srv//./a.img")));
  CHECK_FALSE(between("<disk type='block'><source dev='/dev/x'/><target dev='vda'/></disk>",
                      file("vda", "/dev/x")));
}

TEST_CASE("disks that come and go, media and transient disks are no drift", "[drift]") {
  CHECK_FALSE(between(file("vda", "/a") + file("vdb", "/new"), file("vda", "/a")));
  CHECK_FALSE(between(file("vda", "/a"), file("vda", "/a") + file("vdb", "/gone")));
  const auto cdrom = [](const std::string& path) {
    return "<disk type='file' device='cdrom'>" + path + "<target dev='sda'/></disk>";
  };
  CHECK_FALSE(between(cdrom("<source file='/new.iso'/>"), cdrom("<source file='/old.iso'/>")));
  CHECK_FALSE(between(cdrom(""), cdrom("<source file='/old.iso'/>")));
  CHECK_FALSE(
      between(file("vda", "/a.TRANSIENT", "<transient/>"), file("vda", "/a", "<transient/>")));
}
