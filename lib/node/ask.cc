#include "node/ask.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace havc::node {

namespace {

constexpr std::chrono::milliseconds kMostForWay{1000};  // a login on a node that has much to do

Report parsed(const remote::Host& host, const remote::Answer& answer) {
  if (const auto* error = std::get_if<Error>(&answer)) throw Error(*error);
  const auto& result = std::get<ProcessResult>(answer);
  const std::string name = text::quote(host.name);
  if (result.exit_code != 0)
    throw Error(Fault::failed,
                fmt::format("'havc node report' on {} ended with {}: {}", name, result.exit_code,
                            result.words()),
                fmt::format("install the package havc on {} in the version of this machine", name));
  return parse_report(result.output, "node " + name);
}

Error another(const remote::Host& host, const std::string& name) {
  const std::string own = text::quote(host.name);
  const std::string how = host.here ? "this machine" : host.address;
  return {
      Fault::misconfigured,
      fmt::format("node {} ({}) says that it is node {}", own, how, text::quote(name)),
      fmt::format("give {} its own address in cluster.toml, or call it as its cluster does", own)};
}

}  // namespace

remote::Command command_of(const Question& asked) {
  Question question = asked;
  question.name = true;
  remote::Command command{.input = to_json(question)};
  for (const auto word : kReportCommand) command.arguments.emplace_back(word);
  return command;
}

NodeReport report_of(const remote::Host& host, const remote::Answer& answer) {
  NodeReport report{.host = host};
  try {
    report.report = parsed(host, answer);
    const auto& name = report.report->name;
    if (!name.known() || text::equal_ignoring_case(*name, host.name)) return report;
    report.another = *name;
    report.report.reset();
    report.trouble = another(host, report.another);
  } catch (const Error& error) {
    report.trouble = error;
  }
  return report;
}

std::vector<NodeReport> ask_nodes(const std::vector<remote::Host>& hosts, Question question,
                                  const remote::Run& run, Deadline deadline) {
  const auto left = deadline.remaining_ms();
  question.limit = std::min(question.limit, left - std::min(kMostForWay, left / 8));
  const auto answers = remote::everywhere(run, hosts, command_of(question), {}, deadline);
  std::vector<NodeReport> reports;
  reports.reserve(hosts.size());
  for (std::size_t i = 0; i < hosts.size(); ++i) reports.push_back(report_of(hosts[i], answers[i]));
  return reports;
}

}  // namespace havc::node
