#include "base/watchdog.h"

#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/descriptor.h"

namespace havc {

namespace {

// What the end needs, from a thread or a signal's handler: written before either can run.
std::string g_last_words;
int g_exit_code = 1;

[[noreturn]] void end() {
  // A pipe that nobody empties may be what the program is stuck in.
  write_if_taken(STDERR_FILENO, g_last_words);
  _exit(g_exit_code);
}

extern "C" void on_alarm(int /*signal*/) { end(); }

void arm(std::chrono::microseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  itimerval timer{};
  timer.it_value.tv_sec = seconds.count();
  timer.it_value.tv_usec = (time - seconds).count();
  setitimer(ITIMER_REAL, &timer, nullptr);
}

void arm_alarm(Duration time) {
  struct sigaction action {};
  action.sa_handler = on_alarm;
  sigaction(SIGALRM, &action, nullptr);
  sigset_t alarm_only;
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &alarm_only, nullptr);  // a blocked signal survives exec: the caller may have blocked it
  // A zero time would disarm the timer: at least one microsecond.
  arm(std::max(std::chrono::ceil<std::chrono::microseconds>(time), std::chrono::microseconds(1)));
}

}  // namespace

/// The thread that waits.
class Watchdog::Guard {
 public:
  explicit Guard(Duration time) : thread_([this, time] { wait(time); }) {}
  ~Guard() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  void wait(Duration time) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, time, [this] { return over_; })) end();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;  // the last member: it uses the others
};

std::unique_ptr<Watchdog::Guard> Watchdog::guard(Duration time) {
  // Signals stay the business of the threads that expect them.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::unique_ptr<Guard> guard;
  try {
    guard = std::make_unique<Guard>(time);
  } catch (const std::system_error&) {
    // None to be had: the alarm does what it can.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return guard;
}

Watchdog::Watchdog(Deadline deadline, std::string last_words, int exit_code, By by) {
  g_last_words = std::move(last_words);
  g_exit_code = exit_code;
  if (by == By::thread) guard_ = guard(deadline.remaining());
  if (!guard_) arm_alarm(deadline.remaining());
}

Watchdog::~Watchdog() {
  if (!guard_) arm(std::chrono::microseconds(0));
}

}  // namespace havc
