// Which guests a monitor runs monitor_scripts for, and when.
#include "libvirt_qemu/agent.h"
#include "base/file.h"
#include "ocf/run.h"

#include "support/catch.h"
#include "support/fake_hypervisor.h"
#include "support/temporary_folder.h"

#include <cstdlib>
#include <filesystem>

using namespace havc;
using Catch::Matchers::Contains;

namespace {

/// A guest whose service does not answer, on a node whose programs write down that they were called.
struct Node {
  test::TemporaryFolder folder;
  test::FakeClock clock;
  test::FakeHost host{clock};
  domain::Identity identity{"scripted", "7c1a7e57-0000-4000-8000-0000000000a1"};
  test::FakeGuest& guest = host.add(guest_of(identity));
  std::string level = "0";
  std::string then = "echo no answer\nexit 1";  // what the script does
  std::string unset_utilization = "no";
  std::string path = std::getenv("PATH");

  Node() {
    program("bin/cibadmin", "echo cibadmin", "exit 1");
    setenv("PATH", ((folder / "bin") + ":" + path).c_str(), 1);
  }
  ~Node() { setenv("PATH", path.c_str(), 1); }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  static test::FakeGuest guest_of(const domain::Identity& identity) {
    test::FakeGuest guest;
    guest.identity = identity;
    return guest;
  }
  std::string program(const std::string& name, const std::string& call, const std::string& after) const {
    std::string file = folder.write(name, "#!/bin/sh\n" + call + " >>" + (folder / "calls") + "\n" + after + "\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
  }
  std::string calls() const { return read_file(folder / "calls", 1000); }
  std::string definition() const {
    return folder.write("vm1.xml", "<domain type='qemu'><name>" + identity.name + "</name><uuid>" + identity.uuid + "</uuid></domain>");
  }
  ocf::Answer monitor() {
    const auto places = [this](std::string_view, std::string notes) {
      return domain::Places{folder / "run", "/proc", std::move(notes), true, folder / "etc"};
    };
    const Environment::Values values{{"OCF_RESOURCE_INSTANCE", "vm1"},
                                     {"OCF_CHECK_LEVEL", level},
                                     {"OCF_RESKEY_CRM_meta_interval", "10000"},
                                     {"HA_RSCTMP", folder / "notes"},
                                     {"OCF_RESKEY_config", definition()},
                                     {"OCF_RESKEY_unset_utilization_cpu", unset_utilization},
                                     {"OCF_RESKEY_monitor_scripts", program("script", "echo script", then)}};
    return ocf::answer(libvirt_qemu::make_agent({host.connector(), places, [](const mail::Job&) {}}), {{"monitor"}, Environment(values), clock});
  }
};

}  // namespace

TEST_CASE("a script that fails makes the monitor of a guest that runs fail", "[monitor_scripts]") {
  Node node;
  const auto answer = node.monitor();
  CHECK(answer.exit_code == 1);
  CHECK_THAT(answer.reason, Contains("no answer"));
}

TEST_CASE("a guest that stands still is not recovered because its service does not answer", "[monitor_scripts]") {
  Node node;
  node.level = GENERATE("0", "10");
  node.guest.state = domain::State::paused;
  node.guest.reason = GENERATE(domain::Reason::saving, domain::Reason::user, domain::Reason::migrating);
  CHECK(node.monitor().exit_code != 1);
}

TEST_CASE("a guest that is degraded and runs is asked for its service", "[monitor_scripts]") {
  Node node;
  node.level = "10";
  node.guest.disk_errors = {{"vda", false}};
  CHECK(node.monitor().exit_code == 1);
}

TEST_CASE("a CIB that hangs takes no time from the scripts: they come before it", "[monitor_scripts]") {
  Node node;
  node.unset_utilization = "yes";
  node.then = GENERATE("exit 0", "exit 1");
  node.monitor();
  CHECK(node.calls() == "script\ncibadmin\n");
}
