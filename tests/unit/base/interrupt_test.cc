#include "base/interrupt.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "support/catch.h"

using namespace std::chrono_literals;
namespace interrupt = havc::interrupt;

namespace {

/// How a process ends that does `body`: watching is for ever, so each test has a process of its
/// own.
template <class Body>
int end_of(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

havc::Deadline in(havc::Duration time) {
  return havc::Deadline::after(havc::system_clock(), time);
}

}  // namespace

TEST_CASE("an interrupt is remembered and ends a pause at once", "[interrupt]") {
  CHECK(end_of([] {
          interrupt::watch();
          if (interrupt::came()) return 1;
          raise(SIGTERM);
          return interrupt::came() && interrupt::pause(10min, in(1h)) ? 0 : 2;
        }) == 0);
}

TEST_CASE("a second interrupt ends the process", "[interrupt]") {
  CHECK(end_of([] {
          interrupt::watch();
          raise(SIGINT);
          raise(SIGINT);
          return 0;
        }) == 130);
}

TEST_CASE("without interrupt a pause takes its time", "[interrupt]") {
  CHECK(end_of([] {
          interrupt::watch();
          const auto before = havc::system_clock().now();
          if (interrupt::pause(20ms, in(1h))) return 1;
          return havc::system_clock().now() - before >= 20ms ? 0 : 2;
        }) == 0);
}
