// havc-chassis-simulator: one process is one face of one chassis. See README.md beside this file.
#include "chassis/simulator.h"

#include "base/error.h"

#include <fmt/format.h>

#include <signal.h>

#include <cstdio>

namespace {

// From the first moment, so that no signal finds the process between two states; the loop reads
// them as data.
void block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  block_signals();
  try {
    int exit_code = 0;
    const auto options = havc::chassis::parse_options(argc, argv, exit_code);
    if (!options) return exit_code;
    havc::chassis::Simulator simulator(*options);
    fmt::print("listening {}\n", simulator.address());
    std::fflush(stdout);
    simulator.run();
    return 0;
  } catch (const havc::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
