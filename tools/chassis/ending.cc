#include "chassis/ending.h"

#include "base/error.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace havc::chassis {
namespace {

sigset_t our_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&set, signal);
  return set;
}

bool input_ended() {
  std::array<char, 256> ignored{};
  return read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0;
}

}  // namespace

void block_signals() {
  const sigset_t set = our_signals();
  sigprocmask(SIG_BLOCK, &set, nullptr);
}

Ending::Ending(bool until_eof) : until_eof_(until_eof) {
  const sigset_t set = our_signals();
  signals_ = Descriptor(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) throw Error(Fault::failed, "signalfd: " + system_words(errno));
}

void Ending::add_to(std::vector<pollfd>& polled) const {
  polled.push_back({signals_.number(), POLLIN, 0});
  polled.push_back({until_eof_ ? STDIN_FILENO : -1, POLLIN, 0});
}

bool Ending::told(const std::vector<pollfd>& polled, std::size_t first) const {
  bool end = false;
  signalfd_siginfo signal{};
  while (polled.at(first).revents != 0 &&
         read(signals_.number(), &signal, sizeof signal) == sizeof signal) {
    if (signal.ssi_signo != SIGCHLD) end = true;
  }
  return end || (polled.at(first + 1).revents != 0 && input_ended());
}

}  // namespace havc::chassis
