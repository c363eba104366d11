#include "havc/survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "cluster/local.h"
#include "havc/reach.h"
#include "havc/vms.h"

namespace havc::cli {

namespace {

using cluster::Overview;
using cluster::Sighting;
using cluster::Word;

/// For libvirt's view: enough for a login on a node that has much to do; a node that is off costs
/// as much.
constexpr std::chrono::seconds kMostForNodes{4};
constexpr std::uint64_t kMebibyte = 1 << 20;
constexpr std::string_view kAgent = ":LibvirtQemu";

/// What of a VM without a file needs somebody.
constexpr std::array kAlarming{Word::duplicate, Word::fencing, Word::foreign, Word::blocked,
                               Word::failed,    Word::paused,  Word::waiting};

Verdict verdict_of(const Outlook& outlook, bool asked) {
  if (!outlook.state) return asked ? Verdict::doubtful : Verdict::fine;
  const Word word = outlook.state->word;
  bool good = std::find(kAlarming.begin(), kAlarming.end(), word) == kAlarming.end();
  if (outlook.vm != nullptr) {
    auto wanted = outlook.vm->wanted;
    const bool local = outlook.vm->kind == inventory::Kind::local;
    if (local && wanted == inventory::Wanted::disabled) wanted = inventory::Wanted::stopped;
    good = cluster::as_wanted(wanted, word);
  }
  if (!good) return Verdict::wrong;
  return outlook.state->doubts.empty() ? Verdict::fine : Verdict::doubtful;
}

const node::Domain* domain_on(const std::string& node, const std::string& id,
                              const std::vector<NodeReport>& reports) {
  const auto found = std::find_if(reports.begin(), reports.end(), [&](const NodeReport& each) {
    return each.host.name == node && each.report && each.report->libvirt.known();
  });
  return found == reports.end() ? nullptr : found->report->libvirt->domain(id);
}

/// "runs with 1 CPU (its file: 2)": what a restart would change.
std::string difference(const Outlook& outlook, const std::vector<NodeReport>& reports) {
  if (outlook.vm == nullptr || !outlook.state || outlook.state->word != Word::started) return {};
  if (outlook.state->nodes.size() != 1) return {};
  const node::Domain* domain = domain_on(outlook.state->nodes.front(), outlook.id, reports);
  if (domain == nullptr || !domain::active(domain->seen.state)) return {};
  const int cpus = outlook.vm->cpus.number;
  const auto memory = static_cast<std::uint64_t>(outlook.vm->memory.number);
  std::string text;
  if (domain->cpus != static_cast<unsigned>(cpus))
    text = fmt::format("CPUs: {}, in its file {}", domain->cpus, cpus);
  if (domain->memory / kMebibyte != memory)
    text += fmt::format("{}MiB: {}, in its file {}", text.empty() ? "" : "; ",
                        domain->memory / kMebibyte, memory);
  return text;
}

void add(std::string& text, const std::string& more) {
  text += (text.empty() ? "" : "; ") + more;
}

std::string reason_of(const Outlook& outlook, const std::string& difference, bool asked) {
  std::string reason;
  if (!outlook.state)
    return asked ? "libvirt on " + outlook.vm->nodes.front().text + " did not answer"
                 : "local, and libvirt was not asked";
  const auto& state = *outlook.state;
  if (state.word == Word::migrating && !state.from.empty() && !state.to.empty())
    reason = state.from + " to " + state.to;
  if (outlook.percent) reason += fmt::format(", {} %", *outlook.percent);
  if (!state.reason.empty()) add(reason, state.reason);
  if (!difference.empty()) add(reason, "restart needed: " + difference);
  if (outlook.vm == nullptr) add(reason, "has no file in the inventory");
  return reason;
}

/// Pacemaker's members and those of the inventory.
std::vector<remote::Host> hosts_of(const Reach& reach, const cluster::Status& status) {
  std::vector<remote::Host> hosts = reach.nodes();
  std::set<std::string> names;
  for (const auto& each : hosts) names.insert(each.name);
  for (const auto& each : status.nodes) {
    const bool runs_guests =
        each.type == cluster::NodeType::member || each.type == cluster::NodeType::remote;
    if (runs_guests && names.insert(each.name).second) hosts.push_back(reach.node(each.name));
  }
  return hosts;
}

/// A cluster that does not answer again takes nothing back.
void look_again(const Reach& reach, Survey& survey) {
  if (survey.reports.empty() || std::none_of(survey.vms.begin(), survey.vms.end(), is_double))
    return;
  try {
    const auto asked = reach.ask();
    look_again(survey.vms, survey.reports, {asked.status, &asked.configuration});
  } catch (const Error&) {
    return;
  }
}

}  // namespace

std::vector<Sighting> sightings_of(const std::string& id, const std::vector<NodeReport>& reports,
                                   const Overview& overview) {
  std::vector<Sighting> sightings;
  for (const auto& each : reports) {
    Sighting sighting{.node = each.host.name};
    if (each.report && each.report->libvirt.known()) {
      const node::Domain* domain = each.report->libvirt->domain(id);
      sighting.answer = domain == nullptr ? Sighting::Answer::absent : Sighting::Answer::here;
      if (domain != nullptr) sighting.domain = domain->seen;
    } else {
      const auto* node = overview.node(each.host.name);
      if (node != nullptr && !node->online && !node->unclean && !each.report) continue;
    }
    sightings.push_back(std::move(sighting));
  }
  return sightings;
}

Outlook outlook_of(const std::string& id, const inventory::Vm* vm,
                   const std::vector<NodeReport>& reports, const Overview& overview) {
  Outlook outlook{.id = id, .vm = vm};
  cluster::Known known{.id = id, .sightings = sightings_of(id, reports, overview)};
  const bool local = vm != nullptr && vm->kind == inventory::Kind::local;
  if (vm != nullptr) known.wanted = vm->wanted;
  // A local one that the cluster has, too, is the cluster's: that is what has to be seen.
  if (local && overview.vm(id) == nullptr && overview.resource(id) == nullptr)
    outlook.state = cluster::state_of_local(vm->nodes.front().text, known);
  else
    outlook.state = cluster::state_of(overview, known);
  if (outlook.state && outlook.state->word == Word::migrating) {
    const auto* leaving = domain_on(outlook.state->from, id, reports);
    if (leaving != nullptr && leaving->job) outlook.percent = leaving->job->percent();
  }
  const std::string differs = difference(outlook, reports);
  outlook.restart_needed = !differs.empty();
  outlook.reason = reason_of(outlook, differs, !reports.empty());
  outlook.verdict = verdict_of(outlook, !reports.empty());
  return outlook;
}

bool is_double(const Outlook& outlook) {
  return outlook.state &&
         (outlook.state->word == Word::duplicate || outlook.state->word == Word::foreign);
}

void look_again(std::vector<Outlook>& outlooks, const std::vector<NodeReport>& reports,
                const Overview& later) {
  for (auto& each : outlooks) {
    if (is_double(each)) each = outlook_of(each.id, each.vm, reports, later);
  }
}

std::vector<std::string> known_to(const Overview& overview) {
  std::set<std::string> ids;
  if (overview.configuration() != nullptr) {
    for (const auto& each : overview.configuration()->vms) ids.insert(each.id);
  }
  for (const auto& each : overview.status().resources) {
    if (each.agent.ends_with(kAgent)) ids.insert(each.id);
  }
  return {ids.begin(), ids.end()};
}

/// Those that migrate, or that crm_mon has on two nodes.
std::vector<std::string> travelling(const cluster::Status& status) {
  std::vector<std::string> ids;
  for (const auto& each : status.resources) {
    const bool goes = each.pending == cluster::Pending::migrate || each.nodes.size() > 1;
    if (goes && each.agent.ends_with(kAgent)) ids.push_back(each.id);
  }
  return ids;
}

Survey survey(Call& call) {
  const Reach reach(call);
  Survey result{.asked = reach.ask()};
  const Overview overview(result.asked.status, &result.asked.configuration);
  const auto selection = vms_to_show(call, known_to(overview));
  if (call.common().cib.empty() && !call.flag("--no-libvirt")) {
    result.reports = node::ask_nodes(hosts_of(reach, result.asked.status),
                                     {.libvirt = true, .jobs = travelling(result.asked.status)},
                                     reach.run(), call.deadline().capped(kMostForNodes));
  }
  for (const auto* vm : selection.vms)
    result.vms.push_back(outlook_of(vm->identity.fqn, vm, result.reports, overview));
  for (const auto& id : selection.without_file)
    result.vms.push_back(outlook_of(id, nullptr, result.reports, overview));
  look_again(reach, result);
  return result;
}

}  // namespace havc::cli
