// havc-chassis-proxy: between a fencing program and chassis simulators, with faults on the way. See
// README.md beside this file.
#include "base/error.h"
#include "chassis/proxy.h"

#include <fmt/format.h>

#include <cstdio>

int main(int argc, char** argv) {
  havc::chassis::block_signals();
  try {
    int exit_code = 0;
    const auto options = havc::chassis::parse_proxy_options(argc, argv, exit_code);
    if (!options) return exit_code;
    havc::chassis::Proxy proxy(*options);
    fmt::print("listening {}\n", proxy.address());
    std::fflush(stdout);
    proxy.run();
    return 0;
  } catch (const havc::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
