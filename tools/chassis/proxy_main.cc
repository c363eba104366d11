// havc-chassis-proxy: between a fencing program and chassis simulators, with faults on the way. See
// README.md beside this file.
#include "base/error.h"
#include "chassis/proxy.h"
#include "chassis/scenarios.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>

namespace havc::chassis {

std::optional<ProxyOptions> parse_proxy_options(int argc, const char* const* argv, int& exit_code) {
  CLI::App app{
      "Loses, delays, repeats and spoils packets between a fencing program and chassis "
      "simulators"};
  ProxyOptions options;
  bool list = false;
  app.add_option("--listen", options.listen, "Address; port 0 chooses a free one")
      ->capture_default_str();
  app.add_option("--backend", options.backends,
                 "A simulator's address; the first is used until `backend N`");
  app.add_option("--fault,--do", options.lines, "A line as for the control socket");
  app.add_option("--scenario", options.scenarios, "A situation by name");
  app.add_option("--script", options.script, "File of lines as for the control socket");
  app.add_option("--seed", options.seed, "What chance begins with")->capture_default_str();
  app.add_option("--control", options.control, "Path of a unix socket for commands at run time");
  app.add_flag("--until-eof", options.until_eof, "End when standard input ends");
  app.add_flag("--list-scenarios", list, "Say what situations there are, and end");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error);
    return std::nullopt;
  }
  if (list) {
    fmt::print("{}", list_scenarios());
    exit_code = 0;
    return std::nullopt;
  }
  if (options.backends.empty())
    throw Error(Fault::misconfigured, "there is no backend", "give --backend udp:127.0.0.1:1161");
  return options;
}

}  // namespace havc::chassis

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
