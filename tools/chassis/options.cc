#include "chassis/options.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <map>

namespace havc::chassis {
namespace {

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
  const std::map<std::string, Face> faces{{"amm", Face::amm}, {"cmm", Face::cmm}};
  app.add_option("--face", options.module.face, "amm (BladeCenter) or cmm (Flex System)")
      ->transform(CLI::CheckedTransformer(faces));
  app.add_option("--sysdescr", options.module.description,
                 "What sysDescr says instead of IBM's text");
  app.add_option("--listen", options.listen, "Address; port 0 chooses a free one")
      ->capture_default_str();
  app.add_option("--community", options.access.communities,
                 "SNMPv1 and v2c community that may write");
  app.add_option("--read-only-community", options.access.read_only_communities,
                 "Community that may read");
  app.add_option("--bays", options.bays, "Number of bays")
      ->check(CLI::Range(1, kMostBays))
      ->capture_default_str();
  app.add_option("--bay", options.bay_texts,
                 "N=LABEL[,KEY=VALUE...]: a blade that is on; keys: state, exists, width, health, "
                 "uuid, serial, softoff, "
                 "refuse, nul, ignore, latency")
      ->delimiter('\0');
  app.add_option("--latency", latency, "Milliseconds from a command to its effect, for all bays")
      ->check(CLI::Range(0, 3'600'000))
      ->capture_default_str();
  app.add_option(
         "--hook", options.hook,
         "Program called as PROGRAM off|on BAY LABEL; it must succeed before a state changes")
      ->check(CLI::ExistingFile);
  app.add_option("--control", options.control, "Path of a unix socket for commands at run time");
  app.add_flag("--until-eof", options.until_eof, "End when standard input ends");
}

}  // namespace

std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_code) {
  CLI::App app{
      "A BladeCenter or Flex System chassis to try fencing on: a real SNMP agent, no real power"};
  Options options;
  int latency = static_cast<int>(options.latency.count());
  std::vector<std::string> users;
  std::vector<std::string> read_only_users;
  add_options(app, options, latency);
  app.add_option("--user", users,
                 "SNMPv3 user that may write: NAME[:MD5|SHA:PASSWORD[:DES|AES:PASSWORD]]");
  app.add_option("--read-only-user", read_only_users, "SNMPv3 user that may read");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error);
    return std::nullopt;
  }
  options.latency = std::chrono::milliseconds(latency);
  for (const auto& text : users) options.access.users.push_back(user_of(text, false));
  for (const auto& text : read_only_users) options.access.users.push_back(user_of(text, true));
  const Access& access = options.access;
  if (access.communities.empty() && access.read_only_communities.empty() && access.users.empty()) {
    throw Error(Fault::misconfigured, "nobody has access", "give --community NAME or --user NAME");
  }
  return options;
}

Chassis make_chassis(const Options& options) {
  Chassis chassis(options.bays, !options.hook.empty());
  for (int number = 1; number <= options.bays; ++number) {
    chassis.set(number, fmt::format("latency={}", options.latency.count()));
  }
  for (const auto& text : options.bay_texts) {
    const auto equals = text.find('=');
    const auto number = text::number(std::string_view(text).substr(0, equals), kMostBays);
    if (!number || equals == std::string::npos) {
      throw Error(Fault::misconfigured, fmt::format("{} describes no bay", text::quote(text)),
                  "write N=LABEL[,KEY=VALUE...]");
    }
    const int bay = static_cast<int>(*number);
    std::string assignment = "label" + text.substr(equals);
    chassis.set(bay, "exists=1");
    chassis.set(bay, "state=on");
    for (auto comma = assignment.find(','); comma != std::string::npos;
         comma = assignment.find(',')) {
      chassis.set(bay, assignment.substr(0, comma));
      assignment.erase(0, comma + 1);
    }
    chassis.set(bay, assignment);
  }
  return chassis;
}

}  // namespace havc::chassis
