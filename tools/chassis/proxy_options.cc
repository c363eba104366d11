#include "base/error.h"
#include "chassis/proxy.h"
#include "chassis/scenarios.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace havc::chassis {
namespace {

constexpr const char* kPurpose =
    "Loses, delays, repeats and spoils packets between a fencing program and chassis simulators";

void declare(CLI::App& app, ProxyOptions& options, bool& list) {
  app.add_option("--listen", options.listen, "Address; port 0 chooses a free one")
      ->type_name("ADDRESS")
      ->capture_default_str();
  app.add_option("--backend", options.backends,
                 "A simulator's address; the first is used until the control line backend N")
      ->type_name("ADDRESS");
  app.add_option("--fault,--do", options.lines, "A line as for the control socket")
      ->type_name("LINE");
  app.add_option("--scenario", options.scenarios, "A situation by name")->type_name("NAME");
  app.add_option("--script", options.script, "File of lines as for the control socket")
      ->type_name("FILE");
  app.add_option("--seed", options.seed, "What chance begins with")
      ->type_name("NUMBER")
      ->capture_default_str();
  app.add_option("--control", options.control, "Path of a unix socket for commands at run time")
      ->type_name("PATH");
  app.add_flag("--until-eof", options.until_eof, "End when standard input ends");
  app.add_flag("--list-scenarios", list, "Say what situations there are, and end");
}

}  // namespace

std::vector<OptionDoc> proxy_option_docs() {
  CLI::App app{kPurpose};
  ProxyOptions options;
  bool list = false;
  declare(app, options, list);
  return docs_of(app);
}

std::optional<ProxyOptions> parse_proxy_options(int argc, const char* const* argv, int& exit_code) {
  CLI::App app{kPurpose};
  ProxyOptions options;
  bool list = false;
  declare(app, options, list);
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
