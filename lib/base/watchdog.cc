#include "base/watchdog.h"

#include <sys/time.h>
#include <unistd.h>

#include <csignal>

#include "base/descriptor.h"

namespace havc {

namespace {

// What the signal handler reads: written before the timer is armed.
std::string g_last_words;
int g_exit_code = 1;

extern "C" void on_alarm(int /*signal*/) {
  // A pipe that nobody empties may be what the program is stuck in.
  write_if_taken(STDERR_FILENO, g_last_words);
  _exit(g_exit_code);
}

void arm(std::chrono::microseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  itimerval timer{};
  timer.it_value.tv_sec = seconds.count();
  timer.it_value.tv_usec = (time - seconds).count();
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

Watchdog::Watchdog(Deadline deadline, std::string last_words, int exit_code) {
  g_last_words = std::move(last_words);
  g_exit_code = exit_code;
  struct sigaction action {};
  action.sa_handler = on_alarm;
  sigaction(SIGALRM, &action, nullptr);
  sigset_t alarm_only;
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &alarm_only, nullptr);  // a blocked signal survives exec: the caller may have blocked it
  // A zero time would disarm the timer: at least one microsecond.
  const auto left = std::chrono::ceil<std::chrono::microseconds>(deadline.remaining());
  arm(std::max(left, std::chrono::microseconds(1)));
}

Watchdog::~Watchdog() { arm(std::chrono::microseconds(0)); }

}  // namespace havc
