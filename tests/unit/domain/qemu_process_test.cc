#include "domain/qemu_process.h"

#include "scene.h"
#include "support/catch.h"

#include <unistd.h>

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::test::FakeQemu;
using havc::test::soon;
using havc::test::unique_domain;

static const std::string kUuid = "11111111-1111-4111-8111-111111111101";

static std::string command_line(const std::vector<std::string>& arguments) {
  std::string text;
  for (const auto& argument : arguments) text += argument + '\0';
  return text;
}

TEST_CASE("a command line names its domain exactly", "[qemu_process]") {
  struct Row {
    std::vector<std::string> arguments;
    std::string name;
    std::string uuid;
  };
  const auto row = GENERATE(values<Row>({
      {{"qemu", "-name", "guest=vm1,debug-threads=on", "-S", "-uuid", kUuid}, "vm1", kUuid},
      {{"qemu", "-name", "guest=a b,debug-threads=on"}, "a b", ""},
      {{"qemu", "-name", "guest=x,,y,,,debug-threads=on"}, "x,y,", ""},
      {{"qemu", "-name", "guest=,,,,"}, ",,", ""},
      {{"qemu", "-name", "debug-threads=on,guest=q'r\"s&t"}, "q'r\"s&t", ""},
      {{"qemu", "-name", "guest=\xc3\xbcml\xc3\xa4ut"}, "\xc3\xbcml\xc3\xa4ut", ""},
      {{"qemu", "-name", "vm1"}, "vm1", ""},
      {{"qemu", "-name", "vm1,process=x"}, "vm1", ""},
      {{"qemu", "--name", "guest=vm1", "--uuid", "1111ABCD-1111-4111-8111-111111111101"},
       "vm1",
       "1111abcd-1111-4111-8111-111111111101"},
      {{"qemu", "-name", "guest=vm1", "-append", "-name", "guest=vm2"}, "vm1", ""},
      {{"qemu", "-name", "process=vm1"}, "", ""},
      {{"qemu", "-name"}, "", ""},
      {{"-name", "guest=vm1"}, "", ""},
      {{}, "", ""},
  }));
  const Identity identity = identity_on(command_line(row.arguments));
  CHECK(identity.name == row.name);
  CHECK(identity.uuid == row.uuid);
}

TEST_CASE("an emulator is known by its file name", "[qemu_process]") {
  for (const auto* name : {"/usr/bin/qemu-system-x86_64", "/usr/libexec/qemu-kvm", "kvm",
                           "/usr/bin/qemu-system-x86_64 (deleted)"}) {
    CHECK(is_emulator(name));
  }
  for (const auto* name : {"/usr/bin/strace", "/usr/bin/qemu-img", "/usr/bin/vim", ""})
    CHECK_FALSE(is_emulator(name));
}

TEST_CASE("the UUID decides where both sides know it, the name elsewhere", "[qemu_process]") {
  CHECK(same_domain({"vm1", ""}, {"vm1", kUuid}));
  CHECK(same_domain({"old", kUuid}, {"new", kUuid}));
  CHECK_FALSE(same_domain({"vm1", kUuid}, {"vm1", "22222222-1111-4111-8111-111111111101"}));
  CHECK_FALSE(same_domain({"vm1", ""}, {"vm11", ""}));
}

TEST_CASE("the QEMU of a domain is found among all processes", "[qemu_process]") {
  const Identity identity = unique_domain();
  const FakeQemu qemu(identity);
  const Sighting seen = find_processes({}, identity, soon(30s));
  REQUIRE(seen.processes.size() == 1);
  CHECK(seen.processes.front().pid == qemu.pid());
  CHECK(find_processes({}, {identity.name, ""}, soon(30s)).alive());
  CHECK(find_processes({}, unique_domain(), soon(30s)).certainly_absent());
}

TEST_CASE("names that end or begin alike are not confused", "[qemu_process]") {
  const Identity identity = unique_domain();
  const FakeQemu qemu(identity);
  CHECK(find_processes({}, {identity.name + "1", ""}, soon(30s)).certainly_absent());
  CHECK(find_processes({}, {identity.name.substr(1), ""}, soon(30s)).certainly_absent());
}

TEST_CASE("a zombie is no QEMU", "[qemu_process]") {
  const Identity identity = unique_domain();
  const FakeQemu qemu(identity);
  qemu.become_zombie();
  CHECK(process_state("/proc", qemu.pid()) == 'Z');
  CHECK(find_processes({}, identity, soon(30s)).certainly_absent());
  CHECK_FALSE(look_at_process("/proc", qemu.pid(), identity).alive());
}

TEST_CASE("a QEMU of which a thread has not ended is alive, although its first one has",
          "[qemu_process]") {
  const Identity identity = unique_domain();
  const FakeQemu qemu(identity, FakeQemu::Habit::leaderless);
  const Sighting seen = find_processes({}, identity, soon(30s));
  REQUIRE(seen.alive());
  CHECK(seen.processes.front().pid == qemu.pid());
  CHECK(process_state("/proc", qemu.pid()) != 'Z');
}

TEST_CASE("a process whose state cannot be read is a doubt", "[qemu_process]") {
  const FakeQemu living(unique_domain());
  havc::test::TemporaryFolder proc;
  proc.write(std::to_string(living.pid()) + "/stat", "");
  CHECK_FALSE(
      find_processes({"", proc.path(), "", true}, unique_domain(), soon(30s)).certainly_absent());
}

TEST_CASE("a stopped QEMU is alive and shows its state", "[qemu_process]") {
  const Identity identity = unique_domain();
  const FakeQemu qemu(identity);
  qemu.freeze();
  CHECK(process_state("/proc", qemu.pid()) == 'T');
  CHECK(look_at_process("/proc", qemu.pid(), identity).alive());
}

TEST_CASE("a process of another domain is not this one's", "[qemu_process]") {
  const FakeQemu qemu(unique_domain());
  CHECK(look_at_process("/proc", qemu.pid(), unique_domain()).certainly_absent());
}

TEST_CASE("a process that is no emulator but has the command line of one is a doubt",
          "[qemu_process]") {
  const Identity identity = unique_domain();
  havc::test::TemporaryFolder proc;
  const FakeQemu living(unique_domain());
  const std::string pid = std::to_string(living.pid());
  proc.write(pid + "/stat", pid + " (strace) S 1");
  proc.write(pid + "/cmdline", command_line({"/usr/bin/strace", "-name", "guest=" + identity.name,
                                             "-uuid", identity.uuid}));
  const Sighting seen = find_processes({"", proc.path(), "", true}, identity, soon(30s));
  CHECK_FALSE(seen.alive());
  CHECK_FALSE(seen.certainly_absent());
}

TEST_CASE("without a look at /proc nothing is certain", "[qemu_process]") {
  CHECK_FALSE(find_processes({"", "/nonexistent/proc", "", true}, unique_domain(), soon(30s))
                  .certainly_absent());
  CHECK_FALSE(
      find_processes({"", "/proc", "", false}, unique_domain(), soon(30s)).certainly_absent());
}

TEST_CASE("a process name with a bracket does not hide the state", "[qemu_process]") {
  const havc::test::TemporaryFolder proc;
  proc.write("7/stat", "7 (a) R (b) D 1 7 7 0");
  CHECK(process_state(proc.path(), 7) == 'D');
  CHECK(process_state(proc.path(), 8) == '\0');
}

TEST_CASE("a process is as old as the time after boot at which it was started says", "[qemu_process]") {
  const havc::test::TemporaryFolder proc;
  const auto ticks = std::to_string(sysconf(_SC_CLK_TCK) * 90);
  proc.write("uptime", "100.50 300.00\n");
  proc.write("7/stat", "7 (a) S (b) S 1 7 7 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 " + ticks + " 1000\n");
  CHECK(process_age(proc.path(), 7) == 10500ms);
  CHECK_FALSE(process_age(proc.path(), 8));
}
