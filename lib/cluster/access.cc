#include "cluster/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <span>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "cluster/idle_probes.h"
#include "remote/hosts.h"

namespace havc::cluster {

namespace {

using namespace std::chrono_literals;

/// Less is too little for a login and crm_mon on a node that has much to do.
constexpr auto kLeastShare = 3s;

remote::Command command(std::string_view program, std::span<const std::string_view> arguments) {
  remote::Command result{{std::string(program)}};
  result.arguments.insert(result.arguments.end(), arguments.begin(), arguments.end());
  return result;
}

/// crm_mon tells in XML why it failed, which parse_status reads; words alone are no answer.
std::string text_of(ProcessResult result, std::string_view program, const std::string& source,
                    bool fails_in_words) {
  if (result.output.empty() || (fails_in_words && result.exit_code != 0))
    throw Error(Fault::unreachable,
                fmt::format("{} on {} failed with exit code {}: {}", text::quote(program), source,
                            result.exit_code, result.words()),
                "see whether pacemaker runs there");
  return std::move(result.output);
}

/// Both at once, the reading of their texts, too: each is some tenths of a second for hundreds of
/// virtual machines.
Asked asked_of(const remote::Host& host, const std::string& source,
               const std::function<std::string()>& status,
               const std::function<std::string()>& configuration) {
  Asked asked{.host = host, .source = source};
  auto status_read = std::async(std::launch::async, [&] {
    asked.status_text = status();
    asked.status = parse_status(asked.status_text, fmt::format("{} on {}", kStatusProgram, source));
  });
  auto configuration_read = std::async(std::launch::async, [&] {
    asked.configuration_text = configuration();
    asked.configuration = parse_configuration(
        asked.configuration_text,
        host.name.empty() ? source : fmt::format("{} on {}", kConfigurationProgram, source));
  });
  configuration_read.wait();
  status_read.get();  // its errors are the more telling
  configuration_read.get();
  return asked;
}

Asked ask_one(const remote::Host& host, const remote::Run& run, Deadline deadline) {
  const auto text = [&](std::string_view program, std::span<const std::string_view> arguments,
                        bool fails_in_words) {
    return text_of(run(host, command(program, arguments), deadline), program, host.name,
                   fails_in_words);
  };
  return asked_of(
      host, host.name, [&] { return text(kStatusProgram, kStatusArguments, false); },
      [&] { return text(kConfigurationProgram, kConfigurationArguments, true); });
}

std::string status_text(const std::string& cib, const std::string& path, const remote::Run& run,
                        Deadline deadline) {
  auto crm_mon = command(kStatusProgram, kStatusArguments);
  crm_mon.arguments.emplace_back("--xml-file=/dev/stdin");
  crm_mon.input = without_idle_probes(cib);
  return text_of(run(remote::this_machine("this machine"), crm_mon, deadline), kStatusProgram, path,
                 false);
}

}  // namespace

std::vector<remote::Host> candidates(const inventory::Cluster& cluster, std::string_view here) {
  auto hosts = remote::hosts_of(cluster, here);
  if (hosts.empty()) return {remote::this_machine(here)};
  std::stable_partition(hosts.begin(), hosts.end(),
                        [](const remote::Host& host) { return host.here; });
  return hosts;
}

Asked ask(const std::vector<remote::Host>& hosts, const remote::Run& run, Deadline deadline) {
  std::optional<Asked> without_quorum;
  std::string failures;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const auto left = static_cast<int>(hosts.size() - i);
    const auto share = std::max<Duration>(deadline.remaining() / left, kLeastShare);
    try {
      if (deadline.expired()) throw Error(Fault::timed_out, "no time was left to ask it");
      Asked asked = ask_one(hosts[i], run, deadline.capped(share));
      if (asked.status.dc && asked.status.quorate) return asked;
      if (!without_quorum) without_quorum = std::move(asked);
    } catch (const Error& error) {
      failures += fmt::format("\n  {}: {}", hosts[i].name, error.what());
    }
  }
  if (without_quorum) return std::move(*without_quorum);
  throw Error(Fault::unreachable, "no node has told about the cluster:" + failures);
}

std::string read_cib(const std::string& path) {
  constexpr std::size_t kMost = std::size_t{64} << 20;  // as reading.h
  return read_file(path, kMost);
}

Status ask_file_status(const std::string& path, const remote::Run& run, Deadline deadline) {
  return parse_status(status_text(read_cib(path), path, run, deadline),
                      fmt::format("{} on {}", kStatusProgram, path));
}

Asked ask_file(const std::string& path, const remote::Run& run, Deadline deadline) {
  std::string cib = read_cib(path);
  return asked_of(
      {}, path, [&] { return status_text(cib, path, run, deadline); }, [&] { return cib; });
}

}  // namespace havc::cluster
