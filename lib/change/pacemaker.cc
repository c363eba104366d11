#include "change/pacemaker.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <span>

#include "base/text.h"
#include "node/ask.h"
#include "xml/document.h"

namespace havc::change {

namespace {

using remote::Command;
using remote::Host;

constexpr auto kForJob = std::chrono::seconds(2);       // for people who watch
constexpr auto kMostForOne = std::chrono::seconds(20);  // a CIB of 400 machines takes 1 s
constexpr std::size_t kMostWords = 200;

Command command_of(std::string_view program, std::span<const std::string_view> arguments) {
  Command command;
  command.arguments.emplace_back(program);
  for (const auto& each : arguments) command.arguments.emplace_back(each);
  return command;
}

std::uint64_t count_of(const xml::Element& cib, std::string_view name) {
  return text::number(cib.attribute(name).value_or("0")).value_or(0);
}

ChangedMeanwhile changed_meanwhile(const Pacemaker::Origin& now, const cluster::Version& planned) {
  return {Fault::failed,
          fmt::format("the configuration was changed meanwhile: it is {}, and was {} when this was "
                      "planned; nothing was "
                      "changed by this command",
                      now.text(), planned.text()),
          "plan again"};
}

Error lost_answer(const std::string& problem) {
  return {Fault::timed_out,
          "it is not known whether this command has changed the configuration: " + problem,
          "run the command again once the cluster answers; what is done is not done twice"};
}

bool same_configuration(const cluster::Version& left, const cluster::Version& right) {
  return left.admin_epoch == right.admin_epoch && left.epoch == right.epoch;
}

}  // namespace

std::string Pacemaker::Origin::text() const {
  std::string words = version.text();
  if (!user.empty()) words += ", by " + user;
  if (!client.empty()) words += " with " + client;
  if (!node.empty()) words += " on " + node;
  if (!written.empty()) words += " at " + written;
  return words;
}

std::string guard_of(const std::string& patch) {
  static const std::regex kCount(R"((<(?:source|target)\b[^>]*?)\s+num_updates="[^"]*")");
  // The version stands at the beginning; the rest may be megabytes, and is none of ours.
  const auto end = patch.find("</version>");
  if (end == std::string::npos) return patch;
  return std::regex_replace(patch.substr(0, end), kCount, "$1") + patch.substr(end);
}

Pacemaker::Pacemaker(std::vector<Host> hosts, remote::Run run)
    : hosts_(std::move(hosts)), run_(std::move(run)) {
  if (hosts_.empty()) {
    throw Error(Fault::misconfigured, "the inventory has no nodes",
                "add [nodes.NAME] to cluster.toml");
  }
}

/// Asks one node after the other until `enough` says that this was the answer; it may throw Error
/// for an answer that is none. The first that was an answer, but not enough, is better than none.
std::string Pacemaker::ask(
    const Command& command, const std::string& what, Deadline deadline,
    const std::function<bool(const std::string&, const std::string&)>& enough) {
  std::vector<std::string> reasons;
  std::optional<Fault> fault;
  std::optional<std::pair<std::size_t, std::string>> second_best;
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    const std::size_t which = (last_ + i) % hosts_.size();
    const Host& host = hosts_[which];
    try {
      const auto left = static_cast<int>(hosts_.size() - i);
      const auto result = run_(host, command, deadline.part(kMostForOne, std::min(left, 2)));
      // crm_mon tells on its output why it has no answer.
      if (result.exit_code != 0 && result.output.find('<') == std::string::npos) {
        throw Error(Fault::unreachable,
                    fmt::format("{} on '{}' ended with {}: {}", command.arguments.front(),
                                host.name, result.exit_code, result.words()));
      }
      if (enough(result.output, fmt::format("{} on '{}'", what, host.name))) {
        last_ = which;
        return result.output;
      }
      if (!second_best) second_best.emplace(which, result.output);
    } catch (const Error& error) {
      reasons.push_back(error.problem());
      fault = !fault || *fault == error.fault() ? error.fault() : Fault::unreachable;
    }
  }
  if (second_best) {
    last_ = second_best->first;
    return second_best->second;
  }
  throw Error(*fault,
              "no node of the cluster answers: " +
                  text::one_line(text::join(reasons, "; "), kMostWords * hosts_.size()),
              "start pacemaker on one of them, or correct its address in cluster.toml");
}

cluster::Status Pacemaker::status(Deadline deadline) {
  std::optional<cluster::Status> best;
  ask(command_of(cluster::kStatusProgram, cluster::kStatusArguments), "crm_mon", deadline,
      [&](const std::string& output, const std::string& source) {
        auto status = cluster::parse_status(output, source);
        const bool enough = status.quorate && status.dc.has_value();
        if (enough || !best) best = std::move(status);
        return enough;
      });
  return std::move(*best);
}

std::string Pacemaker::cib(Deadline deadline) {
  return ask(command_of(cluster::kConfigurationProgram, cluster::kConfigurationArguments),
             "cibadmin", deadline, [](const std::string& output, const std::string& source) {
               if (output.find("</cib>") != std::string::npos) return true;
               throw Error(Fault::unusable_here,
                           fmt::format("{} gave no whole configuration", source));
             });
}

Pacemaker::Origin Pacemaker::origin(Deadline deadline) {
  Origin origin;
  constexpr std::string_view kArguments[] = {"--query", "--no-children"};
  ask(command_of("cibadmin", kArguments), "cibadmin", deadline,
      [&](const std::string& output, const std::string& source) {
        const auto document = xml::Document::parse(output, source);
        const auto cib = document.root();
        origin.version = {.admin_epoch = count_of(cib, "admin_epoch"),
                          .epoch = count_of(cib, "epoch"),
                          .num_updates = count_of(cib, "num_updates")};
        origin.written = cib.attribute("cib-last-written").value_or("");
        origin.user = cib.attribute("update-user").value_or("");
        origin.client = cib.attribute("update-client").value_or("");
        origin.node = cib.attribute("update-origin").value_or("");
        return true;
      });
  return origin;
}

ProcessResult Pacemaker::run(const Command& command, Deadline deadline) {
  auto result = run_(host(), command, deadline);
  if (result.exit_code == 0) return result;
  throw Error(Fault::failed, fmt::format("{} on '{}' ended with {}: {}", command.arguments.front(),
                                         host().name, result.exit_code, result.words()));
}

std::optional<unsigned> Pacemaker::migrated(const std::string& id, const std::string& from,
                                            Deadline deadline) {
  const auto host = std::find_if(hosts_.begin(), hosts_.end(),
                                 [&](const Host& each) { return each.name == from; });
  if (host == hosts_.end()) return {};
  const auto answers =
      node::ask_nodes({*host}, {.libvirt = true, .jobs = {id}}, run_, deadline.capped(kForJob));
  const auto& report = answers.front().report;
  const node::Domain* domain =
      report && report->libvirt.known() ? report->libvirt->domain(id) : nullptr;
  if (domain == nullptr || !domain->job) return {};
  return domain->job->percent();
}

void Pacemaker::patch(const std::string& patch, const cluster::Version& planned,
                      Deadline deadline) {
  const Command command{{"cibadmin", "--patch", "--xml-pipe"}, guard_of(patch)};
  std::optional<ProcessResult> answer;
  std::string problem;
  try {
    answer = run_(host(), command, deadline.part(kMostForOne * 3));
    if (answer->exit_code == 0) return;
    problem = fmt::format("cibadmin on '{}': {}", host().name, answer->words());
  } catch (const Error& error) {
    problem = error.problem();
  }
  Origin now;
  try {
    now = origin(deadline);
  } catch (const Error& error) {
    throw lost_answer(problem + "; " + error.problem());
  }
  const bool same = same_configuration(now.version, planned);
  if (answer && !same) throw changed_meanwhile(now, planned);
  if (!answer && !same) throw lost_answer(problem + "; it is " + now.text() + " now");
  throw Error(Fault::failed, "the configuration was not changed: " + problem,
              "look for the reason in the log of pacemaker on that node");
}

}  // namespace havc::change
