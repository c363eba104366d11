// havc-mail: composes and sends one mail, whose facts come on standard input (mail/job.h). Started by agents, which do not wait for it;
// tries again for a quarter of an hour, then logs and drops the mail. Its own faults end in the log, too.

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/environment.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "base/watchdog.h"
#include "mail/message.h"
#include "mail/route.h"

#include <ctime>
#include <iostream>
#include <iterator>

namespace {

using namespace std::chrono_literals;
using havc::Deadline;
using havc::Error;
using havc::Fault;
using namespace havc::mail;

/// Options are there for tests, which cannot wait for a quarter of an hour.
struct Timing {
  int give_up_ms = 900'000;
  int try_ms = 30'000;
  int first_pause_ms = 5'000;
};

std::string sender(const Job& job) {
  if (job.from.empty()) return "root@" + havc::host_name();
  const auto addresses = addresses_in(job.from);
  if (addresses.good.size() != 1 || !addresses.refused.empty()) {
    throw Error(Fault::misconfigured, havc::text::quote(job.from) + " is not one address", "correct email_from");
  }
  return addresses.good.front();
}

std::vector<std::string> recipients(const Job& job) {
  auto addresses = addresses_in(job.to);
  for (const auto& address : addresses.refused) {
    havc::log::warn(havc::text::quote(address) + " is not a mail address; correct email");
  }
  if (addresses.good.empty()) throw Error(Fault::misconfigured, "no usable address in email");
  return addresses.good;
}

/// Trying again does not help.
bool final(const Error& error) { return error.fault() == Fault::permission || error.fault() == Fault::misconfigured; }

void send(const Job& job, const std::string& ca_file, const Timing& timing, Deadline deadline) {
  const Envelope envelope{sender(job), recipients(job)};
  Route route{{job.route.empty() ? "sendmail" : job.route}, {}, ca_file};
  if (!job.auth_file.empty()) route.login = read_login(job.auth_file);
  const std::string message = compose(job, envelope.from, envelope.to);  // once: a repeated mail keeps its Message-ID
  constexpr auto kLongestPause = 120s;
  havc::Duration pause = std::chrono::milliseconds(timing.first_pause_ms);
  while (true) {
    try {
      return deliver(message, envelope, route, deadline.capped(std::chrono::milliseconds(timing.try_ms)));
    } catch (const Error& error) {
      if (final(error) || deadline.remaining() <= pause) throw;
      havc::log::warn(fmt::format("mail is tried again: {}", error.what()));
    }
    deadline.pause(pause);
    pause = std::min<havc::Duration>(pause * 2, kLongestPause);
  }
}

void configure_log(const std::string& instance) {
  const auto environment = havc::Environment::of_process();
  havc::log::Sinks sinks;
  sinks.tag = fmt::format("havc-mail({})", instance);
  sinks.facility = havc::log::facility_of(environment.get("HA_LOGFACILITY"));
  if (sinks.facility < 0) sinks.facility = havc::log::facility_of("daemon");
  havc::log::configure(std::move(sinks));
}

int run(const std::string& ca_file, const Timing& timing) {
  const auto deadline = Deadline::after(havc::system_clock(), std::chrono::milliseconds(timing.give_up_ms));
  // A secret on a file system that hangs must not leave programs lying about.
  const havc::Watchdog watchdog(deadline.earlier_by(-60s), "", EXIT_FAILURE, havc::Watchdog::By::thread);
  try {
    Job job = decoded(std::string(std::istreambuf_iterator<char>(std::cin), {}));
    configure_log(job.facts.instance);
    job.facts.time = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(std::time(nullptr)));
    send(job, ca_file, timing, deadline);
    havc::log::info(fmt::format("mail sent to {}", job.to));
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    havc::log::error(fmt::format("mail dropped: {}", error.what()));
    return EXIT_FAILURE;
  }
}

}  // namespace

int main(int argc, char** argv) {
  havc::settle_process();
  CLI::App app{"Sends one mail about a virtual machine; the facts come on standard input from a resource agent."};
  Timing timing;
  std::string ca_file;
  const std::string hidden;
  app.add_option("--give-up-ms", timing.give_up_ms)->group(hidden)->check(CLI::PositiveNumber);
  app.add_option("--try-ms", timing.try_ms)->group(hidden)->check(CLI::PositiveNumber);
  app.add_option("--first-pause-ms", timing.first_pause_ms)->group(hidden)->check(CLI::PositiveNumber);
  app.add_option("--ca-file", ca_file)->group(hidden);
  CLI11_PARSE(app, argc, argv);
  return run(ca_file, timing);
}
