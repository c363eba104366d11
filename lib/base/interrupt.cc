#include "base/interrupt.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>

#include "base/error.h"

namespace havc::interrupt {

namespace {

constexpr int kExitCode = 130;  // of shells: 128 and SIGINT

std::atomic<int> event = -1;
std::atomic<bool> has_come = false;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "used in a signal's handler");

extern "C" void remember(int) {
  if (has_come.exchange(true)) _exit(kExitCode);
  const int saved = errno;
  const std::uint64_t one = 1;
  if (write(event, &one, sizeof one) < 0) _exit(kExitCode);  // nobody would hear of it
  errno = saved;
}

}  // namespace

void watch() {
  if (event >= 0) return;
  event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event < 0) throw Error(Fault::failed, "cannot make an eventfd: " + system_words(errno));
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = SA_RESTART;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
}

bool came() {
  return has_come;
}

bool pause(Duration time, Deadline deadline) {
  if (event < 0) {
    deadline.pause(time);
    return false;
  }
  const Deadline end = deadline.capped(time);
  while (!came() && !end.expired()) {
    pollfd one{event, POLLIN, 0};
    poll(&one, 1,
         static_cast<int>(std::min(end.remaining_ms(), std::chrono::milliseconds(60'000)).count()));
  }
  return came();
}

int descriptor() {
  return event;
}

}  // namespace havc::interrupt
