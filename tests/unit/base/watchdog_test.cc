#include "base/watchdog.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "base/pidfd.h"
#include "support/catch.h"

namespace {

using namespace std::chrono_literals;
using havc::Deadline;
using havc::Watchdog;

constexpr int kEnded = 7;

Deadline in(havc::Duration time) {
  return Deadline::after(havc::system_clock(), time);
}

/// The exit code of a process that does `work`; -1 when it had to be killed.
template <class Work>
int exit_code_of(Work work) {
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    work();
    _exit(0);
  }
  const auto process = havc::open_process(pid);
  if (!havc::wait_for_end(process, in(10s))) kill(pid, SIGKILL);
  int status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_CASE("a program that sleeps is ended at the deadline", "[base]") {
  const auto by = GENERATE(Watchdog::By::alarm, Watchdog::By::thread);
  CHECK(exit_code_of([by] {
          const Watchdog watchdog(in(50ms), "", kEnded, by);
          while (true) pause();
        }) == kEnded);
}

TEST_CASE("a program in a sleep that only a kill ends is ended at the deadline", "[base]") {
  CHECK(exit_code_of([] {
          const Watchdog watchdog(in(50ms), "", kEnded, Watchdog::By::thread);
          // The kernel holds the parent as it does a reader of a file system that hangs.
          if (vfork() == 0) {  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            poll(nullptr, 0, 30'000);
            _exit(0);
          }
        }) == kEnded);
}

TEST_CASE("a program that is done in time is left alone", "[base]") {
  const auto by = GENERATE(Watchdog::By::alarm, Watchdog::By::thread);
  CHECK(exit_code_of([by] {
          { const Watchdog watchdog(in(50ms), "", kEnded, by); }
          poll(nullptr, 0, 200);
        }) == 0);
}

}  // namespace
