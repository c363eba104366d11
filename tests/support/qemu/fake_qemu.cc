// Stands in for a QEMU process in /proc: takes any arguments, says on standard output that it is
// ready, and sleeps until a signal ends it. FAKE_QEMU_DEAF=1 in its environment makes it ignore
// SIGTERM. It ends with its parent: a test that is killed leaves nothing behind.
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

int main() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const char* deaf = std::getenv("FAKE_QEMU_DEAF");
  if (deaf != nullptr && std::string_view(deaf) == "1") std::signal(SIGTERM, SIG_IGN);
  if (write(STDOUT_FILENO, ".", 1) != 1) return 1;
  while (true) pause();
}
