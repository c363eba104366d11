#include "chassis/options.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "chassis/scenarios.h"
#include "chassis/tell.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <utility>

namespace havc::chassis {
namespace {

constexpr std::size_t kLongestScript = 1 << 20;
constexpr int kMostBays = 32;  // more than any chassis of this family has

// NAME[:AUTH:PASSWORD[:PRIV:PASSWORD]]
User user_of(const std::string& description, bool read_only) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (auto colon = description.find(':'); colon != std::string::npos;
       colon = description.find(':', from)) {
    parts.push_back(description.substr(from, colon - from));
    from = colon + 1;
  }
  parts.push_back(description.substr(from));
  const auto wrong = [&](std::string_view remedy) {
    throw Error(Fault::misconfigured,
                fmt::format("{} describes no user", text::quote(parts.front())),
                std::string(remedy));
  };
  if (parts.size() != 1 && parts.size() != 3 && parts.size() != 5) {
    wrong("write NAME, NAME:MD5|SHA:PASSWORD or NAME:MD5|SHA:PASSWORD:DES|AES:PASSWORD");
  }
  parts.resize(5);
  if (!parts[1].empty() && parts[1] != "MD5" && parts[1] != "SHA")
    wrong("authenticate with MD5 or SHA");
  if (!parts[3].empty() && parts[3] != "DES" && parts[3] != "AES") wrong("encrypt with DES or AES");
  for (const std::size_t password : {2U, 4U}) {
    if (!parts[password - 1].empty() && parts[password].size() < 8)
      wrong("give passwords of 8 characters or more");
  }
  return {parts[0], parts[1], parts[2], parts[3], parts[4], read_only};
}

void add_options(CLI::App& app, Options& options, int& latency) {
  app.add_option("--listen", options.listen, "Address; port 0 chooses a free one")
      ->type_name("ADDRESS")
      ->capture_default_str();
  app.add_option("--community", options.access.communities,
                 "SNMPv1 and v2c community that may write")
      ->type_name("NAME");
  app.add_option("--read-only-community", options.access.read_only_communities,
                 "Community that may read")
      ->type_name("NAME");
  app.add_option("--engine-id", options.access.engine_id,
                 "SNMPv3 engine id in hexadecimal digits; default: a random one")
      ->type_name("DIGITS");
  app.add_option("--bays", options.bays, "Number of bays")
      ->type_name("COUNT")
      ->check(CLI::Range(1, kMostBays))
      ->capture_default_str();
  app.add_option("--bay", options.bay_texts,
                 "N=LABEL[,KEY=VALUE...]: a blade that is on; without any, node1 and node2 are in "
                 "bays 3 and 4")
      ->type_name("BLADE")
      ->delimiter('\0');
  app.add_option("--latency", latency, "Milliseconds from a command to its effect, for all bays")
      ->type_name("MS")
      ->check(CLI::Range(0, 3'600'000))
      ->capture_default_str();
  app.add_option("--scenario", options.scenarios,
                 "NAME[@BAY]: a situation by name, by default for the lowest bay that has a blade")
      ->type_name("NAME");
  app.add_option("--do", options.lines, "A line as for the control socket, obeyed at the start")
      ->type_name("LINE");
  app.add_option("--script", options.script, "File of such lines")->type_name("FILE");
  app.add_option(
         "--hook", options.hook,
         "Program called as PROGRAM off|on BAY LABEL; it must succeed before a state changes")
      ->type_name("PROGRAM")
      ->check(CLI::ExistingFile);
  app.add_option("--control", options.control, "Path of a unix socket for commands at run time")
      ->type_name("PATH");
  app.add_flag("--until-eof", options.until_eof, "End when standard input ends");
}

// What is short for lines of the script.
struct Shorthands {
  std::string face;
  std::string description;
  std::vector<std::string> module;
  std::vector<std::string> partitions;
  bool standby = false;
};

void add_options(CLI::App& app, Shorthands& shorthands) {
  app.add_option("--face", shorthands.face,
                 "amm (BladeCenter), mm (its first module), cmm (Flex System) or lenovo (Flex "
                 "System); default: amm")
      ->type_name("FACE");
  app.add_option("--sysdescr", shorthands.description, "What sysDescr says instead");
  app.add_option("--module", shorthands.module, "KEY=VALUE: a setting of the module itself")
      ->type_name("SETTING");
  app.add_flag("--standby", shorthands.standby, "The standby module of two");
  app.add_option("--partition", shorthands.partitions,
                 "N,M[,...]: HX5 blades that are one machine, the primary first; a mode may follow "
                 "as in \"3,4 each\"")
      ->type_name("BAYS");
}

// All that a command line says, before it is understood.
struct Words {
  Options options;
  Shorthands shorthands;
  int latency = static_cast<int>(options.latency.count());
  std::vector<std::string> users;
  std::vector<std::string> read_only_users;
  std::string told;
  std::vector<std::string> lines;
  bool list = false;
};

constexpr const char* kPurpose =
    "A BladeCenter or Flex System chassis to try fencing on: a real SNMP agent, no real power";

void declare(CLI::App& app, Words& words) {
  add_options(app, words.shorthands);
  add_options(app, words.options, words.latency);
  app.add_option("--tell", words.told,
                 "Path of a control socket: say the LINEs to the simulator or proxy there, and end")
      ->type_name("PATH");
  app.add_option("LINE", words.lines, "For --tell, as '--tell PATH dump'");
  app.add_flag("--list-scenarios", words.list, "Say what situations there are, and end");
  app.add_option("--user", words.users,
                 "SNMPv3 user that may write: NAME[:MD5|SHA:PASSWORD[:DES|AES:PASSWORD]]")
      ->type_name("USER");
  app.add_option("--read-only-user", words.read_only_users, "SNMPv3 user that may read")
      ->type_name("USER");
}

void apply(const Shorthands& shorthands, Options& options) {
  Module& module = options.module;
  if (!shorthands.face.empty()) configure(module, "face=" + shorthands.face);
  module.description = shorthands.description;
  if (shorthands.standby) {
    for (const char* assignment : {"redundant=1", "bay=2"}) configure(module, assignment);
  }
  for (const auto& assignment : shorthands.module) configure(module, assignment);
  options.partitions = shorthands.partitions;
}

// The module's own address, if it is one that its table can show.
void fill_address(const std::string& listen, Module& module) {
  const auto first = listen.find(':');
  const auto last = listen.rfind(':');
  if (!listen.starts_with("udp:") || last <= first) return;
  Address& own = module.addresses.at(static_cast<std::size_t>(module.bay - 1));
  if (own != Address{}) return;
  Module parsed;
  try {
    configure(parsed, "address1=" + listen.substr(first + 1, last - first - 1));
  } catch (const Error&) {
    return;  // a name
  }
  own = parsed.addresses[0];
}

// N=LABEL[,KEY=VALUE...]
void add_blade(Chassis& chassis, const std::string& text, Instant now) {
  const auto equals = text.find('=');
  const auto number = text::number(std::string_view(text).substr(0, equals), kMostBays);
  if (!number || equals == std::string::npos) {
    throw Error(Fault::misconfigured, fmt::format("{} describes no bay", text::quote(text)),
                "write N=LABEL[,KEY=VALUE...]");
  }
  const int bay = static_cast<int>(*number);
  for (const std::string& assignment :
       {std::string("exists=1"), std::string("state=on"), fmt::format("serial=SIM{:04}", bay),
        fmt::format("uuid=5a1e0000-0000-4000-8000-{:012}", bay)}) {
    chassis.set(bay, assignment, now);
  }
  std::string assignment = "label" + text.substr(equals);
  for (auto comma = assignment.find(','); comma != std::string::npos;
       comma = assignment.find(',')) {
    chassis.set(bay, assignment.substr(0, comma), now);
    assignment.erase(0, comma + 1);
  }
  chassis.set(bay, assignment, now);
}

}  // namespace

std::vector<OptionDoc> option_docs() {
  CLI::App app{kPurpose};
  Words words;
  declare(app, words);
  return docs_of(app);
}

std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_code) {
  CLI::App app{kPurpose};
  Words words;
  declare(app, words);
  auto& [options, shorthands, latency, users, read_only_users, told, lines, list] = words;
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
  if (!told.empty()) {
    const std::string answers = tell(told, lines);
    fmt::print("{}", answers);
    exit_code = all_ok(answers, lines.size()) ? 0 : 1;
    return std::nullopt;
  }
  if (!lines.empty()) {
    throw Error(Fault::misconfigured, fmt::format("{} is no option", text::quote(lines.front())),
                "--help shows them all");
  }
  apply(shorthands, options);
  fill_address(options.listen, options.module);
  options.latency = std::chrono::milliseconds(latency);
  for (const auto& text : users) options.access.users.push_back(user_of(text, false));
  for (const auto& text : read_only_users) options.access.users.push_back(user_of(text, true));
  const Access& access = options.access;
  if (access.communities.empty() && access.read_only_communities.empty() && access.users.empty()) {
    throw Error(Fault::misconfigured, "nobody has access", "give --community NAME or --user NAME");
  }
  return std::move(options);
}

World make_world(const Options& options, Instant now) {
  Chassis chassis(options.bays, !options.hook.empty());
  for (int number = 1; number <= options.bays; ++number) {
    chassis.set(number, fmt::format("latency={}", options.latency.count()), now);
  }
  for (const auto& text : options.bay_texts) add_blade(chassis, text, now);
  if (options.bay_texts.empty() && options.bays >= 4) {
    add_blade(chassis, "3=node1", now);
    add_blade(chassis, "4=node2", now);
  }
  return {options.module, std::move(chassis), now};
}

void set_stage(const Options& options, Script& script, Instant now) {
  for (const auto& partition : options.partitions) script.obey("partition " + partition, now);
  script.keep_as_start();
  for (const auto& name : options.scenarios) {
    const auto at = name.find('@');
    const std::string bay = at == std::string::npos ? "" : name.substr(at + 1);
    script.obey(fmt::format("scenario {} {}", name.substr(0, at), bay), now);
  }
  for (const auto& line : options.lines) script.obey(line, now);
  if (!options.script.empty()) {
    try {
      script.obey_file(read_file(options.script, kLongestScript), now);
    } catch (const Error& error) {
      throw Error(error.fault(), fmt::format("{}: {}", options.script, error.problem()),
                  error.remedy());
    }
  }
}

}  // namespace havc::chassis
