// Rules about the guests: the word that each has (cluster/state.h), of all that Pacemaker and
// libvirt on every node say.

#include "base/text.h"
#include "cluster/state.h"
#include "health/health_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace havc::health {

namespace {

using enum About;
using enum Severity;
using cluster::Word;

cluster::Sighting sighting_of(const NodeSeen& seen, const std::string& id) {
  cluster::Sighting sighting{.node = seen.name};
  if (!seen.report || !seen.report->libvirt.known()) return sighting;
  const node::Domain* domain = seen.report->libvirt->domain(id);
  sighting.answer = domain ? cluster::Sighting::Answer::here : cluster::Sighting::Answer::absent;
  if (domain) sighting.domain = domain->seen;
  return sighting;
}

/// Of the inventory and of the cluster.
std::map<std::string, std::optional<inventory::Wanted>> guests_of(const Situation& situation) {
  std::map<std::string, std::optional<inventory::Wanted>> guests;
  if (situation.configuration) {
    for (const auto& vm : situation.configuration->vms) guests[vm.id] = {};
  }
  if (situation.inventory) {
    for (const auto& vm : situation.inventory->vms) {
      if (vm.kind == inventory::Kind::cluster) guests[vm.identity.fqn] = vm.wanted;
    }
  }
  return guests;
}

void tell_words(const Situation& situation, const Tell& tell, std::initializer_list<Word> words) {
  if (!situation.status) return;
  const cluster::Overview overview(*situation.status, situation.configuration);
  for (const auto& [id, wanted] : guests_of(situation)) {
    cluster::Known known{.id = id, .wanted = wanted};
    for (const NodeSeen& seen : situation.nodes) {
      // That one which is offline does not answer is no news.
      if (seen.report || !offline(situation, seen.name)) {
        known.sightings.push_back(sighting_of(seen, id));
      }
    }
    const auto state = cluster::state_of(overview, known);
    if (std::find(words.begin(), words.end(), state.word) == words.end()) continue;
    std::string message(name_of(state.word));
    if (!state.nodes.empty()) message += " on " + text::join(state.nodes, ", ");
    for (const auto& more : {state.reason, state.failure}) {
      if (!more.empty()) message += "; " + more;
    }
    tell(id, message);
  }
}

template <Word... words>
void with_word(const Situation& situation, const Tell& tell) {
  tell_words(situation, tell, {words...});
}

void stranded(const Situation& situation, const Tell& tell) {
  if (!situation.configuration) return;
  for (const auto& each : situation.configuration->stranded) {
    const auto target = std::find_if(situation.nodes.begin(), situation.nodes.end(),
                                     [&](const NodeSeen& seen) { return seen.name == each.to; });
    const bool asked =
        target != situation.nodes.end() && target->report && target->report->libvirt.known();
    if (asked && !target->report->libvirt->domain(each.resource)) continue;
    tell(each.resource, fmt::format("went from {} to {}, where Pacemaker has not looked since",
                                    text::quote(each.from), text::quote(each.to)));
  }
}

constexpr HealthRule kRules[] = {
    {{"vm-blocked", vm, error, "Pacemaker does nothing more with a guest",
      "A stop has failed, and fencing did not help.",
      "see why; stop it by hand, then 'crm_resource --cleanup --resource VM'"},
     with_word<Word::blocked>},
    {{"vm-duplicate", vm, error, "a guest may run on two nodes",
      "Its image is written twice at this moment, and is destroyed by that.",
      "destroy one of them at once: 'virsh destroy VM' on the node that does not belong"},
     with_word<Word::duplicate>},
    {{"vm-failed", vm, error, "a guest has failed and does not run", "It is down.",
      "see why, then 'crm_resource --cleanup --resource VM'"},
     with_word<Word::failed>},
    {{"vm-foreign", vm, error, "a guest runs where Pacemaker does not know it",
      "Pacemaker may start it a second time.",
      "'crm_resource --refresh --resource VM', or end it there"},
     with_word<Word::foreign>},
    {{"vm-paused", vm, error, "a guest stands still", "It does not do its work.",
      "remove the reason (a full storage), then 'virsh resume VM' on its node"},
     with_word<Word::paused>},
    {{"vm-stranded", vm, error, "Pacemaker has lost sight of a guest on its way",
      "It runs where Pacemaker says that nothing runs, and may be started a second time.",
      "'crm_resource --refresh --resource VM'"},
     stranded},
    {{"vm-unmanaged", vm, warning, "Pacemaker does not look after a guest",
      "When it fails nothing happens; somebody may have forgotten to end it.",
      "'crm_resource --resource VM --meta --delete-parameter is-managed'"},
     with_word<Word::unmanaged>},
    {{"vm-waiting", vm, error, "a guest is to run and finds no node", "It is down.",
      "see the reason: make room, clear a ban, end standby"},
     with_word<Word::waiting>},
};

}  // namespace

std::span<const HealthRule> guest_rules() {
  return kRules;
}

}  // namespace havc::health
