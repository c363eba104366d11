#include "domain/whereabouts.h"

#include <algorithm>
#include <filesystem>

#include "base/log.h"
#include "base/text.h"
#include "domain/link.h"
#include "domain/qemu_process.h"
#include "domain/run_state.h"
#include "domain/warning.h"

namespace havc::domain {

namespace {

using std::chrono::seconds;
// A definition is read in a millisecond, or from a file system that does not answer.
constexpr Duration kMostForFile = seconds(10);

struct Search {
  const std::string& instance;
  const std::string& uri;
  const std::string& config;
  const Connect& connect;
  const Places& places;
  Deadline deadline;

  std::string stem() const { return std::filesystem::path(config).stem().string(); }
  bool called_like_us(const std::string& name) const { return name == instance || name == stem(); }
};

bool knows(const std::vector<Identity>& domains, const Identity& domain) {
  return std::any_of(domains.begin(), domains.end(),
                     [&](const Identity& each) { return same_domain(each, domain); });
}

void read_config(const Search& search, Findings& findings, std::optional<Definition>& definition) {
  try {
    definition = read_definition(search.config, search.deadline.part(kMostForFile));
    findings.configured = definition->identity;
  } catch (const Error& error) {
    const bool hangs = error.fault() == Fault::timed_out;
    findings.config_error =
        hangs ? Error(Fault::unusable_here, error.problem(), "repair it") : error;
  }
}

// Domains that other resources own, by their notes and by their metadata.
std::vector<Identity> owned_by_others(const Search& search, const std::vector<RunState>& states) {
  std::vector<Identity> owned;
  for (const Note& note : read_notes(search.places.notes)) {
    if (note.instance != search.instance) owned.push_back(note.identity);
  }
  for (const RunState& state : states) {
    if (!state.mark.config.empty() && state.mark.config != search.config)
      owned.push_back(state.identity);
  }
  return owned;
}

// Two domains with the same mark: one of them was copied by hand, and nothing tells which.
void add_marked(Findings& findings, const Identity& identity) {
  if (findings.marked && !same_domain(*findings.marked, identity))
    findings.several_marked = true;
  else
    findings.marked = identity;
}

void ask_libvirt(const Search& search, Findings& findings, std::vector<Identity>& owned) {
  const Deadline bounded = search.deadline.part(kOneLook);
  Link link(search.connect, search.uri);
  std::vector<Hypervisor::Listed> listed;
  const auto silence =
      link.attempt([&](Hypervisor& hypervisor) { listed = hypervisor.list(bounded); }, bounded);
  findings.libvirt_answers = !silence;
  if (silence) log::warn(silence->problem());
  for (const auto& domain : listed) {
    if (domain.config == search.config)
      add_marked(findings, domain.identity);
    else if (!domain.config.empty())
      owned.push_back(domain.identity);
    else if (search.called_like_us(domain.identity.name) && !knows(owned, domain.identity)) {
      findings.suspect = domain.identity.name;
    }
  }
}

void look_at_processes(const Search& search, Findings& findings,
                       const std::vector<Identity>& owned) {
  if (!search.places.processes) {
    findings.processes_known = false;
    return;
  }
  const Sighting seen = all_processes(search.places, search.deadline);
  findings.processes_known = seen.doubt.empty();
  for (const QemuProcess& process : seen.processes) {
    if (knows(owned, process.identity)) continue;
    if (findings.libvirt_answers && !search.called_like_us(process.identity.name)) continue;
    findings.suspect = process.identity.name;
  }
}

// Only reached without a note and without a usable definition.
void look_for_traces(const Search& search, Findings& findings) {
  const std::vector<RunState> states = read_run_states(search.places.run_state);
  for (const RunState& state : states) {
    if (state.mark.config == search.config) add_marked(findings, state.identity);
  }
  if (findings.marked) return;
  std::vector<Identity> owned = owned_by_others(search, states);
  ask_libvirt(search, findings, owned);
  if (!findings.marked) look_at_processes(search, findings, owned);
}

// The definition need not state a UUID, and it may have been edited since: what runs under its name
// and was started from it is it.
Identity as_it_runs(const Search& search, const Identity& configured,
                    const std::optional<RunState>& state) {
  return state && state->mark.config == search.config ? state->identity : configured;
}

// Keeps what it read in `state`.
bool seems_active(const Search& search, const Identity& domain, std::optional<RunHead>& state) {
  const std::string& folder = search.places.run_state;
  if (folder.empty()) return true;  // nothing there could tell
  state = read_run_head(folder, domain.name);
  if (state && same_domain(state->identity, domain)) return true;
  state.reset();
  return false;
}

// A domain that was ended and started anew by hand has another UUID when its definition states
// none, and it may have been given another name: the note is of the past then, and to go by it
// would be to overlook a guest that runs.
bool runs_instead(const Search& search, const Identity& configured, const Identity& noted) {
  const auto state = read_run_state(search.places.run_state, configured.name);
  const Identity now = as_it_runs(search, configured, state);
  return state && same_domain(state->identity, now) && !same_domain(state->identity, noted) &&
         look_at_process(search.places.proc, state->pid, state->identity).alive();
}

void doubt_note(const Search& search, Findings& findings, Meant& meant) {
  if (seems_active(search, *findings.note, meant.run_head)) return;
  read_config(search, findings, meant.definition);
  if (!findings.configured || !runs_instead(search, *findings.configured, *findings.note)) return;
  if (warning_is_due(search.places.notes, search.instance, search.deadline.now())) {
    log::warn("the note of " + text::quote(search.instance) + " means a domain that is gone; " +
              text::quote(findings.configured->name) + " of its definition runs");
  }
  findings.note.reset();
}

Error cannot_tell(const Findings& findings) {
  const std::string config_problem =
      findings.config_error ? findings.config_error->problem() : "no definition";
  if (findings.suspect) {
    return {
        Fault::failed,
        config_problem + ", and running " + text::quote(*findings.suspect) + " may be its domain",
        "restore the file"};
  }
  if (findings.libvirt_answers) {
    return {Fault::failed, config_problem + ", and no trace of its domain is here",
            "look at the source with: virsh list --all"};
  }
  return {Fault::failed, config_problem + ", and libvirt does not answer",
          "restore the file, or start libvirt"};
}

}  // namespace

Decision decide(Purpose purpose, const Findings& findings) {
  const bool needs_definition =
      purpose == Purpose::start || (purpose == Purpose::migrate_to && !findings.note);
  if (needs_definition && findings.config_error) return Decision::refuse_config;
  if (purpose == Purpose::start) return Decision::act_on_config;
  if (findings.note) return Decision::act_on_note;
  if (findings.configured) return Decision::act_on_config;
  if (findings.several_marked) return Decision::cannot_tell;
  if (findings.marked) return Decision::act_on_mark;
  if (findings.suspect) return Decision::cannot_tell;
  if (!findings.libvirt_answers && !findings.processes_known) return Decision::cannot_tell;
  // Whoever migrated it here said that it arrived.
  return purpose == Purpose::migrate_from ? Decision::cannot_tell : Decision::nothing_here;
}

Meant find_domain(const std::string& instance, const std::string& uri, const std::string& config,
                  Purpose purpose, const Connect& connect, const Places& places,
                  Deadline deadline) {
  const Search search{instance, uri, config, connect, places, deadline};
  Findings findings;
  Meant meant{Evidence::nothing, {instance, uri, config, {}}};
  if (purpose != Purpose::start) {
    if (const auto note = read_note(places.notes, instance)) findings.note = note->identity;
  }
  if (findings.note)
    doubt_note(search, findings, meant);
  else
    read_config(search, findings, meant.definition);
  const bool traces_matter =
      !findings.note && purpose != Purpose::start && purpose != Purpose::migrate_to;
  if (findings.config_error && traces_matter) look_for_traces(search, findings);

  switch (decide(purpose, findings)) {
    case Decision::act_on_note:
      meant.evidence = Evidence::note;
      meant.subject.identity = *findings.note;
      break;
    case Decision::act_on_config:
      meant.evidence = Evidence::config;
      meant.subject.identity = *findings.configured;
      if (purpose != Purpose::start) {
        const auto state = read_run_state(places.run_state, findings.configured->name);
        meant.subject.identity = as_it_runs(search, *findings.configured, state);
      }
      break;
    case Decision::act_on_mark:
      meant.evidence = Evidence::metadata;
      meant.subject.identity = *findings.marked;
      log::warn(findings.config_error->problem() + "; its domain was recognised by its metadata");
      break;
    case Decision::nothing_here:
      meant.reason = findings.config_error->problem() + "; no trace of its domain is on this node";
      break;
    case Decision::refuse_config:
      throw Error(*findings.config_error);
    case Decision::cannot_tell:
      throw cannot_tell(findings);
  }
  return meant;
}

}  // namespace havc::domain
