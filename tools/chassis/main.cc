// havc-chassis-simulator: one process is one face of one chassis. See README.md beside this file.
#include "chassis/simulator.h"

#include "base/error.h"

#include <fmt/format.h>

#include <cstdio>

int main(int argc, char** argv) {
  havc::chassis::block_signals();
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
