#include "havc/reports.h"

#include <algorithm>

#include "remote/everywhere.h"

#include <fmt/format.h>

namespace havc::cli {

namespace {

using namespace std::chrono_literals;

/// For the way there and back.
constexpr auto kOnTheWay = 1s;
constexpr auto kLeast = 500ms;

node::Report report_of(const remote::Host& host, const remote::Answer& answer) {
  if (const auto* error = std::get_if<Error>(&answer)) throw *error;
  const auto& result = std::get<ProcessResult>(answer);
  if (result.exit_code != 0)
    throw Error(Fault::failed,
                fmt::format("'havc node report' failed with exit code {}: {}", result.exit_code,
                            result.words()),
                "install the same version of havc there");
  return node::parse_report(result.output, "node '" + host.name + "'");
}

}  // namespace

Reports ask_nodes(const remote::Run& run, const std::vector<remote::Host>& hosts,
                  node::Question question, Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline.remaining());
  question.limit = std::max<std::chrono::milliseconds>(kLeast, left - kOnTheWay);
  remote::Command command{.input = node::to_json(question)};
  for (const auto word : node::kReportCommand) command.arguments.emplace_back(word);
  const auto answers = remote::everywhere(run, hosts, command, {}, deadline);
  Reports result;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    try {
      result.reports[hosts[i].name] = report_of(hosts[i], answers[i]);
    } catch (const Error& error) {
      result.silent[hosts[i].name] = error.what();
    }
  }
  return result;
}

}  // namespace havc::cli
