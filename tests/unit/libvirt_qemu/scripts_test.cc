#include "libvirt_qemu/scripts.h"

#include "base/error.h"
#include "base/file.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <cstdlib>
#include <filesystem>

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using havc::Deadline;
using havc::Error;
using havc::libvirt_qemu::ask_hook;
using havc::libvirt_qemu::failing_script;

namespace {

/// Real programs, real time.
struct Programs {
  havc::test::TemporaryFolder folder;
  havc::Environment environment;
  havc::libvirt_qemu::Options options;
  Deadline deadline = Deadline::after(havc::system_clock(), 60s);
  Programs() { options.monitor_script_timeout = 20s; }

  std::string write(const std::string& name, const std::string& body, bool executable = true) const {
    folder.write(name, "#!/bin/sh\n" + body + "\n");
    using std::filesystem::perms;
    std::filesystem::permissions(folder / name, executable ? perms::owner_all : perms::owner_read);
    return folder / name;
  }
  std::string failure() const {
    const havc::ocf::Call call{"monitor", "vm1", "n1", 0, false, 60s, environment, deadline};
    const auto objection = failing_script(options, call);
    return objection ? objection->reason : "content";
  }
  std::string refusal(const std::string& program) const {
    try {
      ask_hook("pre_start_hook", program, {"vm1", "n2"}, deadline);
      return "content";
    } catch (const Error& error) {
      CHECK(error.fault() == havc::Fault::failed);
      return error.problem();
    }
  }
};

}  // namespace

TEST_CASE("scripts run in their order until one fails, whose words are the reason", "[scripts]") {
  Programs programs;
  programs.options.monitor_scripts = programs.write("a", "exit 0") + " " + programs.write("b", "echo no web; exit 3") + "\t" +
                                     programs.write("c", "touch $0.ran; exit 4");
  CHECK(programs.failure() == "monitor script '" + (programs.folder / "b") + "' exits with 3: no web");
  CHECK_FALSE(std::filesystem::exists(programs.folder / "c.ran"));
}

TEST_CASE("a script that ignores SIGTERM and hangs is ended, and what it said is the reason", "[scripts]") {
  Programs programs;
  programs.options.monitor_script_timeout = 1s;
  programs.options.monitor_scripts = programs.write("a", "trap '' TERM; echo waiting for db; while :; do sleep 1; done");
  CHECK_THAT(programs.failure(), EndsWith("timed out and was killed: waiting for db"));
}

TEST_CASE("a script whose child keeps its output open is done when it ends", "[scripts]") {
  Programs programs;
  programs.options.monitor_scripts = programs.write("a", "sleep 100 & echo $! >$0.pid; exit 0");
  CHECK(programs.failure() == "content");
  CHECK(programs.deadline.remaining() > 30s);
  std::system(("kill $(cat " + (programs.folder / "a.pid") + ")").c_str());  // NOLINT: a test's own child
}

TEST_CASE("a script that is missing or no program says so", "[scripts]") {
  Programs programs;
  programs.options.monitor_scripts = "/nonexistent/check";
  CHECK_THAT(programs.failure(), Contains("cannot run '/nonexistent/check': No such file"));
  programs.options.monitor_scripts = programs.write("a", "exit 0", false);
  CHECK_THAT(programs.failure(), Contains("Permission denied"));
}

TEST_CASE("a hook gets its arguments and may consent", "[scripts]") {
  const Programs programs;
  const std::string hook = programs.write("hook", "echo \"$# $1 $2\" >$0.said");
  CHECK(programs.refusal(hook) == "content");
  CHECK(havc::read_file(hook + ".said", 100) == "2 vm1 n2\n");
  CHECK(programs.refusal("") == "content");
}

TEST_CASE("a hook refuses with what it said", "[scripts]") {
  const Programs programs;
  const std::string hook = programs.write("hook", "echo still mounted on n1 >&2; exit 1");
  CHECK(programs.refusal(hook) == "pre_start_hook '" + hook + "' exits with 1: still mounted on n1");
}

TEST_CASE("a hook that hangs refuses when half of the time is gone", "[scripts]") {
  Programs programs;
  programs.deadline = Deadline::after(havc::system_clock(), 4s);
  const std::string hook = programs.write("hook", "echo asking; sleep 1000");
  CHECK_THAT(programs.refusal(hook), EndsWith("timed out and was killed: asking"));
  CHECK_FALSE(programs.deadline.expired());
}

TEST_CASE("a hook that is missing refuses without banning the node", "[scripts]") {
  CHECK_THAT(Programs().refusal("/nonexistent/hook"), Contains("pre_start_hook: cannot run '/nonexistent/hook'"));
}
