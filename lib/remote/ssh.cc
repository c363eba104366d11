#include "remote/ssh.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

#include "base/text.h"
#include "remote/control_socket.h"
#include "remote/quoting.h"
#include "remote/session.h"
#include "remote/ssh_failure.h"

namespace havc::remote {

namespace {

using namespace std::chrono_literals;

constexpr auto kConnecting = 10s;     // a node of a LAN that is up answers in one, under load, too
constexpr auto kLoggingIn = 30s;      // a quarter of sshd's LoginGraceTime
constexpr auto kOpenConnection = 5s;  // until a shell has started, without logging in
constexpr int kAliveEvery = 5, kAliveTimes = 3;  // seconds; a dead connection is seen in 15
constexpr int kPersist = 600;                    // seconds

std::string hard_to_guess() {
  std::random_device random;
  return fmt::format("havc-{:08x}{:08x}", random(), random());
}

Error too_much(const Host& host, const Command& command) {
  return {Fault::failed,
          fmt::format("{} on {} said more than {} bytes", text::quote(command.arguments[0]),
                      named(host), command.most_output),
          "see what it says when it is run there"};
}

Error not_there(const Host& host, const Command& command, const std::string& words) {
  return {Fault::not_installed,
          fmt::format("{} has no program {}{}{}", named(host), text::quote(command.arguments[0]),
                      words.empty() ? "" : ": ", words),
          "install it there"};
}

Error no_end(const Host& host, const Command& command) {
  return {
      Fault::timed_out,
      fmt::format("{} on {} did not end in time", text::quote(command.arguments[0]), named(host)),
      "whether it has done its work is not known: look there before it is run again"};
}

Error broken(const Host& host, const Command& command, const std::string& words) {
  return {Fault::failed,
          fmt::format("the connection to {} broke while {} ran{}{}", named(host),
                      text::quote(command.arguments[0]), words.empty() ? "" : ": ",
                      text::one_line(words, 160)),
          "whether it has done its work is not known: look there before it is run again"};
}

ProcessResult run_here(const Host& host, const Command& command, Deadline deadline) {
  try {
    auto result = run_process(command.arguments, command.input,
                              {.most_output = command.most_output}, deadline);
    if (result.cut) throw too_much(host, command);
    return result;
  } catch (const ProcessTimeout&) {
    throw no_end(host, command);
  } catch (const Error& error) {
    if (error.fault() != Fault::not_installed) throw;
    throw not_there(host, command, error.problem());
  }
}

}  // namespace

std::string control_folder(const Environment& environment) {
  if (geteuid() == 0) return "/run/havc/ssh";
  const std::string& runtime = environment.get("XDG_RUNTIME_DIR");
  return runtime.empty() ? "" : runtime + "/havc";
}

/// One run on one host; tries, and what became of each.
class Ssh::Attempt {
 public:
  Attempt(const Ssh& ssh, const Host& host, const Command& command)
      : ssh_(ssh), host_(host), command_(command), session_(command.arguments, hard_to_guess()) {}

  /// Nothing when the other side was not ready by `greeting`, and was given up: it was not started.
  std::optional<ProcessResult> run(const ControlSocket& control, Deadline greeting,
                                   Deadline deadline) {
    auto words = ssh_.words(control, greeting.remaining_ms());
    words.insert(words.begin(), {"setpriv", "--pdeathsig", "KILL"});
    words.insert(words.end(), {"-T", "-o", "BatchMode=yes", "--", host_.address, session_.line()});
    const ProcessOptions options{.most_output = room(), .folder = "/", .greeting = greeting};
    try {
      const auto result =
          run_process(words, std::string(Session::kGo) + command_.input, options, deadline);
      if (result.cut) throw too_much(host_, command_);
      return answer(session_.end_of(result));
    } catch (const ProcessTimeout& timeout) {
      const auto end = session_.end_of(timeout.so_far());
      if (end.began) throw no_end(host_, command_);
      said_ = end.errors;
      return {};
    }
  }

  Error given_up() const { return not_reached(host_, said_.empty() ? "it timed out" : said_); }

 private:
  const Ssh& ssh_;
  const Host& host_;
  const Command& command_;
  Session session_;
  std::string said_;

  /// What ssh, a login and the session say is on top.
  std::size_t room() const { return command_.most_output + (std::size_t{64} << 10); }

  ProcessResult answer(Session::End end) const {
    if (!end.began) throw not_reached(host_, end.errors);
    if (end.missing) throw not_there(host_, command_, text::one_line(end.errors, 80));
    if (!end.exit_code) throw broken(host_, command_, end.errors);
    if (std::max(end.output.size(), end.errors.size()) > command_.most_output)
      throw too_much(host_, command_);
    return {*end.exit_code, std::move(end.output), std::move(end.errors)};
  }
};

ProcessResult Ssh::run(const Host& host, const Command& command, Deadline deadline) const {
  if (host.here) return run_here(host, command, deadline);
  Attempt attempt(*this, host, command);
  const ControlSocket control(options_.control_folder, host.address);
  if (const auto before = control.identity()) {
    const Deadline soon = deadline.part(kOpenConnection);
    if (auto result = attempt.run(control, soon, deadline)) return *result;
    control.remove(*before);  // its owner hangs, or its connection does
  }
  const auto result = attempt.run(control, deadline.capped(kLoggingIn), deadline);
  if (!result) throw attempt.given_up();
  return *result;
}

std::vector<std::string> Ssh::words(const ControlSocket& control,
                                    std::chrono::milliseconds connecting) const {
  // Half a second less, so that ssh says itself what it waited for.
  const auto seconds = std::max<std::int64_t>(
      1, std::chrono::floor<std::chrono::seconds>(
             std::min<std::chrono::milliseconds>(kConnecting, connecting) - 500ms)
             .count());
  std::vector<std::string> words{options_.program, "-a", "-x", "-e", "none"};
  if (!options_.config.empty()) words.insert(words.end(), {"-F", options_.config});
  // First come, first served: these win over the user's configuration.
  std::vector<std::string> settings{"LogLevel=ERROR",
                                    "RemoteCommand=none",
                                    "PermitLocalCommand=no",
                                    "ClearAllForwardings=yes",
                                    "VisualHostKey=no",
                                    fmt::format("ConnectTimeout={}", seconds),
                                    "ConnectionAttempts=1",
                                    fmt::format("ServerAliveInterval={}", kAliveEvery),
                                    fmt::format("ServerAliveCountMax={}", kAliveTimes)};
  if (control.path().empty()) {
    words.insert(words.end(), {"-S", "none"});
  } else {
    words.insert(words.end(), {"-S", control.pattern()});
    settings.insert(settings.end(),
                    {"ControlMaster=auto", fmt::format("ControlPersist={}", kPersist)});
  }
  for (auto& setting : settings) words.insert(words.end(), {"-o", std::move(setting)});
  return words;
}

std::vector<std::string> Ssh::interactive(const Host& host,
                                          const std::vector<std::string>& arguments,
                                          bool terminal) const {
  if (host.here) return arguments;
  auto result = words(ControlSocket(options_.control_folder, host.address), kConnecting);
  result.insert(result.end(),
                {terminal ? "-t" : "-T", "--", host.address, "exec " + command_line(arguments)});
  return result;
}

Run Ssh::as_run() const {
  return [this](const Host& host, const Command& command, Deadline deadline) {
    return run(host, command, deadline);
  };
}

}  // namespace havc::remote
