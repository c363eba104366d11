// connect() as programs use it: linked to libhavc.so alone, which must not bring libvirt into the
// process.
#include "base/error.h"
#include "domain/adapter.h"
#include "support/catch.h"

#include <fstream>

using namespace std::chrono_literals;
using namespace havc;
using domain::connect;
using domain::connect_through;

static Deadline soon() {
  return Deadline::after(system_clock(), 30s);
}

static bool libvirt_is_loaded() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("/libvirt.so") != std::string::npos) return true;
  }
  return false;
}

static Fault fault_of_adapter(const std::string& path) {
  try {
    connect_through(path, "test:///default", soon());
  } catch (const Error& error) {
    INFO(error.what());
    CHECK(!error.remedy().empty());
    return error.fault();
  }
  FAIL("no error");
  return {};
}

TEST_CASE("libvirt comes into the process with the first connection", "[connect]") {
  CHECK(!libvirt_is_loaded());
  const auto hypervisor = connect("test:///default", soon());
  CHECK(libvirt_is_loaded());
  CHECK(hypervisor->inspect({"test", {}}, soon()));
}

TEST_CASE("an adapter that is missing, foreign or not one is not installed", "[connect]") {
  CHECK(fault_of_adapter("/nowhere/libhavc-libvirt.so") == Fault::not_installed);
  CHECK(fault_of_adapter(HAVC_NO_ADAPTER) == Fault::not_installed);
  CHECK(fault_of_adapter(HAVC_FOREIGN_ADAPTER) == Fault::not_installed);
  CHECK_THROWS_WITH(connect_through(HAVC_FOREIGN_ADAPTER, "test:///default", soon()),
                    Catch::Contains("mixed installation") && Catch::Contains("0.0.0-000000000000"));
}

TEST_CASE("a URI that cannot be one is misconfigured", "[connect]") {
  for (const std::string uri : {"::bad", "qemu+pigeon:///system"}) {
    try {
      connect(uri, soon());
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::misconfigured);
      CHECK_THAT(error.problem(), Catch::Contains("'" + uri + "'"));
    }
  }
}

TEST_CASE("a daemon that does not run is unreachable, and the remedy is to start it", "[connect]") {
  try {
    connect("qemu+unix:///system?socket=/nowhere/libvirt-sock", soon());
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::unreachable);
    CHECK_THAT(error.problem(), Catch::Contains("/nowhere/libvirt-sock"));
    CHECK_THAT(error.remedy(), Catch::Contains("libvirtd"));
  }
}
