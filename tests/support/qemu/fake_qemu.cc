// Stands in for a QEMU process in /proc: takes any arguments, says on standard output that it is
// ready, and sleeps until a signal ends it. FAKE_QEMU_HABIT=deaf in its environment makes it ignore
// SIGTERM; with =leaderless its first thread ends and another one lives on, as when a QEMU that was
// killed hangs in the kernel. It ends with its parent: a test that is killed leaves nothing behind.
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

static bool is_zombie(const std::string& stat) {
  std::string line;
  std::getline(std::ifstream(stat), line);
  return line.find(") Z ") != std::string::npos;
}

static void live() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (write(STDOUT_FILENO, ".", 1) != 1) _exit(1);
  while (true) pause();
}

int main() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const char* given = std::getenv("FAKE_QEMU_HABIT");
  const std::string_view habit = given == nullptr ? "" : given;
  if (habit == "deaf") std::signal(SIGTERM, SIG_IGN);
  if (habit == "leaderless") {
    const std::string stat = "/proc/" + std::to_string(getpid()) + "/stat";
    std::thread([stat] {
      while (!is_zombie(stat)) std::this_thread::yield();
      live();
    }).detach();
    syscall(SYS_exit, 0);  // this thread alone
  }
  live();
}
