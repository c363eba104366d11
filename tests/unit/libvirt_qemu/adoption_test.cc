// What a monitor remembers of a guest that another agent, or an administrator, started.
#include "domain/note.h"
#include "libvirt_qemu/agent.h"
#include "ocf/run.h"

#include "support/catch.h"
#include "support/fake_hypervisor.h"
#include "support/temporary_folder.h"

#include <filesystem>

using namespace havc;

namespace {

/// A node with a guest of which no action of this agent knows.
struct Node {
  test::TemporaryFolder folder;
  test::FakeClock clock;
  test::FakeHost host{clock};
  domain::Identity identity{"foreign", "7c1a7e57-0000-4000-8000-0000000000b1"};
  std::string definition =
      folder.write("vm1.xml", "<domain type='qemu'><name>" + identity.name + "</name><uuid>" +
                                  identity.uuid + "</uuid></domain>");

  void guest_runs() {
    test::FakeGuest guest;
    guest.identity = identity;
    host.add(std::move(guest));
  }
  ocf::Answer monitor(const std::string& interval) {
    const auto places = [this](std::string_view, std::string notes) {
      return domain::Places{folder / "run", "/proc", std::move(notes), true, folder / "etc"};
    };
    const Environment::Values values{{"OCF_RESOURCE_INSTANCE", "vm1"},
                                     {"OCF_RESKEY_CRM_meta_interval", interval},
                                     {"HA_RSCTMP", folder / "notes"},
                                     {"OCF_RESKEY_config", definition}};
    return ocf::answer(
        libvirt_qemu::make_agent({host.connector(), places, [](const mail::Job&) {}}),
        {{"monitor"}, Environment(values), clock});
  }
  bool remembered() const { return domain::read_note(folder / "notes", "vm1").has_value(); }
};

}  // namespace

TEST_CASE(
    "a guest that another agent started is known without its definition once it was monitored",
    "[adoption]") {
  Node node;
  node.guest_runs();
  REQUIRE(node.monitor("10000").exit_code == 0);
  REQUIRE(node.remembered());
  std::filesystem::remove(node.definition);
  CHECK(node.monitor("10000").exit_code == 0);
}

TEST_CASE("neither a probe nor a monitor that finds nothing leaves a note", "[adoption]") {
  Node node;
  CHECK(node.monitor("10000").exit_code == 7);
  CHECK_FALSE(node.remembered());
  node.guest_runs();
  CHECK(node.monitor("0").exit_code == 0);
  CHECK_FALSE(node.remembered());
}
