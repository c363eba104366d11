#include "domain/places.h"

#include "support/catch.h"

using havc::domain::places_for;

TEST_CASE("only the system's own QEMU driver keeps its run state in a known folder", "[places]") {
  for (const auto* uri :
       {"qemu:///system", "qemu+unix:///system", "qemu+unix:///system?socket=/run/x"}) {
    CHECK(places_for(uri, "/notes").run_state == "/run/libvirt/qemu");
    CHECK(places_for(uri, "/notes").processes);
  }
  CHECK(places_for("qemu:///session", "/notes").run_state.empty());
  CHECK(places_for("qemu:///session", "/notes").processes);
}

TEST_CASE("guests of other hosts and drivers are no processes here", "[places]") {
  for (const auto* uri : {"qemu+tcp://node2/system", "qemu+ssh://localhost/system",
                          "qemu+tcp:///system", "test:///default", "xen:///system", ""}) {
    CHECK_FALSE(places_for(uri, "/notes").processes);
    CHECK(places_for(uri, "/notes").run_state.empty());
  }
}
