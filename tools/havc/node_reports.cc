#include "havc/node_reports.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "remote/everywhere.h"

namespace havc::cli {

namespace {

/// Of its limit, for the way there and back.
constexpr std::chrono::milliseconds kWay{500};

node::Report report_of(const remote::Answer& answer, const remote::Host& host) {
  if (const auto* error = std::get_if<Error>(&answer)) throw *error;
  const auto& result = std::get<ProcessResult>(answer);
  if (result.exit_code != 0)
    throw Error(Fault::failed,
                fmt::format("'havc node report' on {} ended with {}: {}", text::quote(host.name),
                            result.exit_code, result.words()),
                "install the package havc there, in the version of this machine");
  return node::parse_report(result.output, "node " + text::quote(host.name));
}

}  // namespace

std::vector<NodeReport> ask_nodes(const std::vector<remote::Host>& hosts, node::Question question,
                                  const remote::Run& run, Deadline deadline) {
  question.limit = std::min(question.limit,
                            std::max(deadline.remaining_ms() - kWay, deadline.remaining_ms() / 2));
  remote::Command command;
  for (const auto& word : node::kReportCommand) command.arguments.emplace_back(word);
  command.input = to_json(question);
  const auto answers = remote::everywhere(run, hosts, command, {}, deadline);
  std::vector<NodeReport> reports;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    NodeReport& report = reports.emplace_back(NodeReport{.host = hosts[i]});
    try {
      report.report = report_of(answers[i], hosts[i]);
    } catch (const Error& error) {
      report.unknown = error.what();
    }
  }
  return reports;
}

}  // namespace havc::cli
