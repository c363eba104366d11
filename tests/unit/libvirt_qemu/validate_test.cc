#include "libvirt_qemu/agent.h"
#include "ocf/run.h"

#include "support/catch.h"
#include "support/fake_hypervisor.h"
#include "support/temporary_folder.h"

#include <filesystem>

using namespace havc;
using Catch::Matchers::Contains;

namespace {

/// A node with all that its resource needs.
struct Node {
  test::TemporaryFolder folder;
  test::FakeClock clock;
  test::FakeHost host{clock};
  std::string emulator = program("qemu");
  std::string image = folder.write("disk", "");
  Environment::Values values{{"OCF_RESOURCE_INSTANCE", "vm1"}, {"OCF_CHECK_LEVEL", "10"}, {"OCF_RESKEY_config", write_definition()}};

  std::string program(const std::string& name) const {
    std::string path = folder.write(name, "");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  std::string write_definition() const {
    return folder.write("vm1.xml", "<domain type='qemu'><name>vm1</name><memory>1</memory><os><type>hvm</type></os><devices><emulator>" + emulator +
                                       "</emulator><disk type='file' device='disk'><source file='" + image +
                                       "'/><target dev='vda'/></disk></devices></domain>");
  }
  void set(const std::string& parameter, const std::string& value) { values["OCF_RESKEY_" + parameter] = value; }
  ocf::Answer validate() { return act("validate-all"); }
  ocf::Answer act(const std::string& action) {
    const libvirt_qemu::World world{host.connector(), domain::places_for};
    return ocf::answer(libvirt_qemu::make_agent(world), {{action}, Environment(values), clock});
  }
};

}  // namespace

TEST_CASE("a node with all that is needed is valid", "[validate]") {
  Node node;
  node.set("monitor_scripts", node.program("script"));
  node.set("snapshot", node.folder.path());
  node.set("migration_transport", "ssh");
  CHECK(node.validate().exit_code == 0);
}

TEST_CASE("level 0 looks at nothing of the node", "[validate]") {
  Node node;
  node.values["OCF_CHECK_LEVEL"] = "0";
  node.set("config", "/nonexistent/vm1.xml");
  node.set("monitor_scripts", "/nonexistent/script");
  node.host.hang(test::Verb::connect);
  CHECK(node.validate().exit_code == 0);
}

TEST_CASE("what is missing on the node is found", "[validate]") {
  struct Row {
    const char* parameter;
    const char* value;
    int code;
    const char* reason;
  };
  const auto row = GENERATE(
      Row{"config", "/nonexistent/vm1.xml", 5, "cannot read '/nonexistent/vm1.xml'"},
      Row{"monitor_scripts", "/nonexistent/script", 5, "monitor_scripts: cannot run '/nonexistent/script': No such file"},
      Row{"pre_start_hook", "/etc/passwd", 5, "pre_start_hook: cannot run '/etc/passwd': Permission denied"},
      Row{"pre_migrate_hook", "/etc", 5, "pre_migrate_hook: cannot run '/etc': Permission denied"},
      Row{"migration_transport", "shh", 6, "migration_transport: libvirt knows no 'shh'"},
      Row{"snapshot", "/nonexistent", 5, "snapshot: cannot write to '/nonexistent'"},
      Row{"snapshot", "/etc/passwd", 5, "snapshot: cannot write to '/etc/passwd': Not a directory"});
  Node node;
  node.set(row.parameter, row.value);
  const auto answer = node.validate();
  CHECK(answer.exit_code == row.code);
  CHECK_THAT(answer.reason, Contains(row.reason));
}

TEST_CASE("an emulator that is missing is found", "[validate]") {
  Node node;
  std::filesystem::remove(node.emulator);
  const auto answer = node.validate();
  CHECK(answer.exit_code == 5);
  CHECK_THAT(answer.reason, Contains("<emulator>: cannot run"));
}

TEST_CASE("libvirt that does not answer is found, and does not hide the rest", "[validate]") {
  Node node;
  node.host.hang(test::Verb::connect);
  node.set("pre_start_hook", "/nonexistent/hook");
  const auto answer = node.validate();
  CHECK(answer.exit_code == 1);
  CHECK_THAT(answer.reason, Contains("libvirt does not answer (and 1 more)"));
}

TEST_CASE("what only may harm makes nothing invalid", "[validate]") {
  Node node;
  std::filesystem::remove(node.image);
  node.set("email", "a@example.org");
  node.set("email_route", "/nonexistent/sendmail");
  node.set("email_auth_file", "/etc/passwd");
  CHECK(node.validate().exit_code == 0);
}

TEST_CASE("a reload refuses bad values and needs nothing of the node", "[validate]") {
  Node node;
  node.values["OCF_CHECK_LEVEL"] = "0";
  node.set("config", "/nonexistent/vm1.xml");
  node.host.hang(test::Verb::connect);
  CHECK(node.act("reload-agent").exit_code == 0);
  node.set("paused_grace", "soon");
  const auto answer = node.act("reload-agent");
  CHECK(answer.exit_code == 6);
  CHECK_THAT(answer.reason, Contains("'paused_grace' is 'soon'"));
}
