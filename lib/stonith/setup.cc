#include "stonith/setup.h"

#include "base/process.h"
#include "base/shell_words.h"
#include "base/text.h"

namespace havc::stonith {

namespace {

using namespace std::chrono_literals;

constexpr auto kMostQueryTime = 15s;  // below the 20 s that Pacemaker gives monitor and start
// fenced gives it 60 s. A device whose first list fails "cannot fence" the host, and Pacemaker gives up.
constexpr auto kMostListTime = 45s;

/// Its errors name the parameter, since the program's path alone says little.
ProcessResult run_script(const std::vector<std::string>& words, std::string_view parameter,
                         Deadline deadline) {
  try {
    return run_process(words, "", deadline);
  } catch (const Error& error) {
    throw Error(error.fault(), std::string(parameter) + ": " + error.problem(),
                error.remedy().empty() ? "run it as root on this node" : error.remedy());
  }
}

/// What the program that `parameter` names prints, without the end of its line.
std::string printed_by(const std::string& command, std::string_view parameter, Deadline deadline) {
  const auto refused = [&](const std::string& why) {
    return Error(Fault::unusable_here, std::string(parameter) + " " + why,
                 "run it as root on this node: it has to print the password");
  };
  const auto words = shell_words(command);
  if (words.empty()) throw refused("names no program");
  const auto result = run_script(words, parameter, deadline);
  if (result.exit_code != 0) {
    throw refused(text::quote(words[0]) + " ends with exit code " +
                  std::to_string(result.exit_code));
  }
  std::string password =
      result.output.substr(0, result.output.find_last_not_of(" \t\r\n") + 1);
  if (password.empty()) throw refused(text::quote(words[0]) + " prints nothing");
  return password;
}

std::string password_of(const Secret& given, const std::string& script, std::string_view parameter,
                        Deadline deadline) {
  return script.empty() ? given.text : printed_by(script, parameter, deadline);
}

snmp::Credentials credentials_of(const Options& options, Deadline deadline) {
  snmp::Credentials result{.folder = options.snmp_conf_path.text,
                           .version = options.version.text,
                           .community = options.community.text,
                           .user = options.user,
                           .auth_protocol = options.auth_protocol.text,
                           .level = options.level.text,
                           .priv_protocol = options.priv_protocol.text};
  result.auth_password =
      password_of(options.password, options.password_script, "password_script", deadline);
  result.priv_password = password_of(options.priv_password, options.priv_password_script,
                                     "snmp_priv_passwd_script", deadline);
  if (result.folder.empty() && result.version.empty()) {
    result.version = result.community.empty() ? "3" : "1";
  }
  return result;
}

std::unique_ptr<Watchdog> guard(const std::string& what, Deadline deadline) {
  if (what.empty()) return nullptr;
  constexpr auto kGrace = 500ms;
  constexpr int kFailed = 1;
  return std::make_unique<Watchdog>(
      deadline.earlier_by(-kGrace),
      what + ": timed out; something hangs on this node: look at the files in 'snmp_conf_path'\n",
      kFailed, Watchdog::By::thread);
}

}  // namespace

Duration time_of(const Options& options, Span span) {
  if (span == Span::change) return options.deadline;
  return std::min<Duration>(options.deadline,
                            span == Span::list ? kMostListTime : kMostQueryTime);
}

power::Setup setup_of(const Options& options, Face face, Deadline deadline) {
  power::Setup setup;
  setup.chassis = options.modules.chassis;
  for (auto& modules : setup.chassis) {
    for (auto& address : modules) {
      if (address.port == snmp::kPort && options.port.number != 0)
        address.port = options.port.number;
    }
  }
  setup.credentials = credentials_of(options, deadline);
  setup.host_map = options.host_map;
  // A fence agent has to cut power at once: a system that hangs makes a soft off stall.
  const bool soft = face == Face::external && !options.no_softoff.set;
  setup.soft_timeout = soft ? options.soft_timeout : 0s;
  setup.verify = options.verify;
  setup.escalate = options.escalate;
  setup.missing_as_off = options.missing_as_off;
  setup.time = options.deadline;
  return setup;
}

Ready make_ready(const power::Chassis& chassis, const power::OpenClient& open,
                 const Options& options, Face face, Span span, const std::string& guarded,
                 Deadline deadline) {
  const Deadline for_files = span == Span::list ? deadline.capped(kMostQueryTime) : deadline;
  Ready ready;
  ready.watchdog = guard(guarded, for_files);
  ready.device =
      std::make_unique<power::Device>(chassis, setup_of(options, face, for_files), open);
  ready.device->open();
  ready.watchdog.reset();  // there is one a process
  ready.watchdog = guard(guarded, deadline);
  return ready;
}

}  // namespace havc::stonith
