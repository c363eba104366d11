#include "base/process.h"

#include "base/error.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>

using namespace std::chrono_literals;
using havc::Deadline;
using havc::Error;
using havc::run_process;

static Deadline in(havc::Duration time) { return Deadline::after(havc::system_clock(), time); }

TEST_CASE("a program's outputs and exit code come back", "[process]") {
  const auto result = run_process({"sh", "-c", "cat; echo two >&2; exit 3"}, "one", in(30s));
  CHECK(result.exit_code == 3);
  CHECK(result.output == "one");
  CHECK(result.errors == "two\n");
}

TEST_CASE("what a program said makes one line, errors first", "[process]") {
  CHECK(havc::ProcessResult{1, "out\nput\n", "it\nfailed\n"}.words() == "it failed out put");
  CHECK(havc::ProcessResult{1, "", "it failed\n"}.words() == "it failed");
  CHECK(havc::ProcessResult{1, std::string(1000, 'x'), ""}.words().size() == 200);
}

TEST_CASE("arguments reach a program as they are", "[process]") {
  CHECK(run_process({"printf", "%s|", "a b", "$HOME", "';x"}, "", in(30s)).output == "a b|$HOME|';x|");
}

TEST_CASE("a program that closes its output and goes on is killed at the deadline", "[process]") {
  CHECK_THROWS_WITH(run_process({"sh", "-c", "exec >&- 2>&-; sleep 1000"}, "", in(100ms)),
                    "'sh' timed out and was killed");
}

TEST_CASE("a program is over when it has ended, whoever keeps its output open", "[process]") {
  const auto result = run_process({"sh", "-c", "sleep 3 & echo said; exit 4"}, "", in(2s));
  CHECK(result.exit_code == 4);
  CHECK(result.output == "said\n");
}

TEST_CASE("what a program said before it was killed is known, but not in the message", "[process]") {
  try {
    run_process({"sh", "-c", "trap '' TERM; echo password; while :; do sleep 1; done"}, "", in(300ms));
    FAIL("no error");
  } catch (const havc::ProcessTimeout& timeout) {
    CHECK(timeout.so_far().output == "password\n");
    CHECK_THAT(timeout.what(), !Catch::Matchers::Contains("password"));
  }
}

TEST_CASE("a program that floods its outputs is read to its end and kept in part", "[process]") {
  const auto result = run_process({"sh", "-c", "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2"}, "", in(30s));
  CHECK(result.output.size() == havc::kMostOutput);
  CHECK(result.errors.size() == havc::kMostOutput);
  CHECK(result.cut);
}

TEST_CASE("as much output is kept as the caller has room for, and that it was cut is told", "[process]") {
  const auto [size, most, cut] = GENERATE(table<std::size_t, std::size_t, bool>({{5000000, 5000000, false}, {5000000, 4999999, true}, {0, 0, false}, {1, 0, true}}));
  const auto result = run_process({"head", "-c", std::to_string(size), "/dev/zero"}, "", {.most_output = most}, in(30s));
  CHECK(result.output.size() == std::min(size, most));
  CHECK(result.cut == cut);
}

TEST_CASE("a program runs in the folder it is told to", "[process]") {
  CHECK(run_process({"pwd"}, "", {.folder = "/proc"}, in(30s)).output == "/proc\n");
}

TEST_CASE("a program that greets has its input only then", "[process]") {
  const auto result = run_process({"sh", "-c", "timeout 0.3 cat; echo hello; cat"}, "input", {.greeting = in(30s)}, in(30s));
  CHECK(result.output == "hello\ninput");
}

TEST_CASE("a program that does not greet in time is killed without having had its input", "[process]") {
  const Deadline late = in(30s);
  try {
    run_process({"sh", "-c", "read -r word && echo $word; sleep 1000"}, "input\n", {.greeting = in(300ms)}, late);
    FAIL("no error");
  } catch (const havc::ProcessTimeout& timeout) {
    CHECK(timeout.so_far().output.empty());
  }
  CHECK_FALSE(late.expired());
}

TEST_CASE("what cannot be become is not installed, and the process is what it was", "[process]") {
  CHECK_THROWS_WITH(havc::become({"/nonexistent/program"}), "cannot run '/nonexistent/program': No such file or directory; install it or correct its path");
}

TEST_CASE("a killed program that cannot end is not waited for", "[process]") {
  // Its end is held by a tracer, as that of a program in the kernel's uninterruptible sleep is by a file system that hangs.
  const std::string program = R"(
import ctypes, os, sys, time
libc = ctypes.CDLL(None)
libc.prctl(0x59616d61, ctypes.c_ulong(-1))  # PR_SET_PTRACER
traced, ready = os.pipe()
if os.fork() == 0:
    os.setsid()
    libc.ptrace(0x4206, os.getppid(), None, None)  # PTRACE_SEIZE
    os.write(ready, b'x')
    late = time.monotonic() + 60
    while not os.path.exists(sys.argv[1]) and time.monotonic() < late: time.sleep(.01)
    os._exit(0)
os.read(traced, 1)
print('traced' if 'TracerPid:\t0' not in open('/proc/self/status').read() else 'not traced', flush=True)
time.sleep(1000)
)";
  std::string said;
  for (havc::Duration patience = 500ms; said.empty() && patience < 30s; patience *= 2) {  // until it has time to begin
    const havc::test::TemporaryFolder folder;
    const std::string done = folder / "done";
    const Deadline late = in(patience + 40s);  // the tracer stays for a minute, unless it is told to go
    try {
      run_process({"python3", "-c", program, done}, "", in(patience));
      FAIL("no error");
    } catch (const havc::ProcessTimeout& timeout) {
      said = timeout.so_far().output;
      CHECK_FALSE(late.expired());
    }
    folder.write("done", "");
    while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
    }
  }
  CHECK(said == "traced\n");
}

TEST_CASE("what a killed program started goes with it", "[process]") {
  CHECK_THROWS_AS(run_process({"sh", "-c", "sleep 1000 & wait"}, "", in(100ms)), Error);
}

TEST_CASE("a missing program is not installed", "[process]") {
  try {
    run_process({"/nonexistent/program"}, "", in(30s));
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.fault() == havc::Fault::not_installed);
  }
}

TEST_CASE("a program of which the kernel took away how it ended has not succeeded", "[process]") {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  CHECK_THROWS_AS(run_process({"false"}, "", in(30s)), Error);
  std::signal(SIGCHLD, before);
}
