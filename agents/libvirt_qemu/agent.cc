#include "libvirt_qemu/agent.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"
#include "domain/instance_lock.h"
#include "domain/migrate.h"
#include "domain/monitor.h"
#include "domain/note.h"
#include "domain/qemu_process.h"
#include "domain/run_state.h"
#include "domain/saved_image.h"
#include "domain/start.h"
#include "domain/stop.h"
#include "domain/whereabouts.h"
#include "libvirt_qemu/mailing.h"
#include "libvirt_qemu/options.h"
#include "libvirt_qemu/policies.h"
#include "libvirt_qemu/saving.h"
#include "libvirt_qemu/scripts.h"
#include "libvirt_qemu/utilization.h"
#include "libvirt_qemu/validate.h"

#include <optional>

namespace havc::libvirt_qemu {

namespace {

using namespace std::chrono_literals;
using domain::Purpose;
using ocf::ActionDoc;
using ocf::ActionKind;
using ocf::Call;
using ocf::ExitCode;
using ocf::Outcome;

constexpr ocf::AgentDoc kDoc{
    "LibvirtQemu", HAVC_VERSION, "QEMU/KVM virtual machine managed by libvirt",
    "Runs a QEMU/KVM virtual machine on whichever node the cluster chooses and moves it alive to another one "
    "(meta allow-migrate=true). Whether it runs is decided on evidence alone: with libvirtd dead or hanging, from the QEMU "
    "process itself. Give stop at least 120 s, or as long as the guest needs to shut down and 25 s more."};

/// One action of one resource: its parameters, what it was called with, and where it looks.
struct Run {
  const Options& options;
  const Call& call;
  const World& world;
  domain::Places places;
  const Mailing& mailing;

  Saving saving(const domain::Subject& subject) const { return {options, subject, world.connect, places.notes}; }

  domain::Meant find(Purpose purpose) const {
    auto meant = domain::find_domain(call.instance, options.hypervisor, options.config.text, purpose,
                                     world.connect, places, call.deadline);
    if (!meant.reason.empty()) log::warn(meant.reason);
    return meant;
  }
};

/// A full or read-only /run must not keep a guest from being stopped: without a lock, two actions at once are merely possible.
std::optional<domain::InstanceLock> take_lock(const Run& run) {
  try {
    return std::optional<domain::InstanceLock>(std::in_place, run.places.notes, run.call.instance, run.call.deadline);
  } catch (const Error& error) {
    if (error.fault() == Fault::timed_out) throw;
    log::warn(fmt::format("going on without a lock: {}", error.what()));
    return {};
  }
}

Outcome outcome_of(const domain::Health& health) {
  switch (health.verdict) {
    case domain::Verdict::running:
      return {};
    case domain::Verdict::degraded:
      return {ExitCode::degraded, health.reason, health.remedy};
    case domain::Verdict::not_running:
      return {ExitCode::not_running, health.reason, health.remedy};
    case domain::Verdict::failed:
      break;
  }
  return {ExitCode::generic, health.reason, health.remedy};
}

/// A script that could not be asked is doubt, and a guest that runs is not recovered for doubt.
Outcome outcome_of(const domain::Health& health, const std::optional<Objection>& objection) {
  if (objection && objection->asked) return {ExitCode::generic, objection->reason};
  if (objection && health.verdict == domain::Verdict::running) return {ExitCode::degraded, objection->reason};
  return outcome_of(health);
}

void set_utilization(const Run& run, const domain::Identity& identity, UtilizationCheck check) {
  if (!concerns_utilization(run.options)) return;
  const auto state = domain::read_run_state(run.places.run_state, identity.name);
  update_utilization(run.options, run.call.instance, state ? state->size : domain::Size(), run.places.notes, check, run.call.deadline);
}

/// A guest that another agent or an administrator started: from its first recurring monitor on it is known without its definition, too. A note that
/// a stop drops meanwhile, and this leaves, is checked by whoever reads it.
void remember(const Run& run, const domain::Meant& meant) {
  if (meant.evidence != domain::Evidence::note) domain::renew_note(run.places.notes, domain::note_of(meant.subject));
}

Outcome monitor(const Run& run) {
  const auto meant = run.find(run.call.probe ? Purpose::probe : Purpose::monitor);
  if (meant.evidence == domain::Evidence::nothing) return {ExitCode::not_running, meant.reason};
  const auto health = domain::monitor(
      meant.subject, meant.run_head, domain::depth_of(run.call.check_level),
      run.call.probe ? domain::Occasion::probe : domain::Occasion::recurring, health_policy(run.options), run.world.connect,
      run.places, run.call.deadline);
  if (!run.call.probe && health.alive()) remember(run, meant);
  std::optional<Objection> failure;
  // Nothing answers in a guest that stands still for a backup or a migration; in one that is merely degraded, the service may have failed.
  if (health.alive() && !health.stands_still) failure = failing_script(run.options, run.call);
  // Afterwards: a CIB that hangs must not take the time in which a script answers.
  if (health.verdict == domain::Verdict::running && !run.call.probe) {
    set_utilization(run, meant.subject.identity, UtilizationCheck::when_changed);
  }
  return outcome_of(health, failure);
}

/// What else a node needs to know of a domain that has come, also of one that had come before.
void after_it_runs(const Run& run, const domain::Identity& identity) {
  set_utilization(run, identity, UtilizationCheck::always);
  if (!run.places.run_state.empty()) arrange_ordering(run.world.systemd, run.call.deadline);
}

Outcome start(const Run& run) {
  const auto lock = take_lock(run);
  const auto meant = run.find(Purpose::start);
  auto policy = start_policy(run.options);
  policy.consent = [&run](const domain::Identity& domain, Deadline deadline) {
    ask_hook("pre_start_hook", run.options.pre_start_hook.text, {domain.name}, deadline);
  };
  const auto started = domain::start(meant.subject, *meant.definition, policy, run.world.connect, run.places, run.call.deadline);
  if (started == domain::Started::started) run.saving(meant.subject).begin(run.call.deadline);
  after_it_runs(run, meant.subject.identity);
  await_scripts(run.options, run.call);
  if (started == domain::Started::started) {
    log::info(fmt::format("domain '{}' runs", meant.subject.identity.name));
    run.mailing.started(meant.subject.identity.name);
  }
  return {};
}

Outcome stop(const Run& run) {
  const auto lock = take_lock(run);
  const auto meant = run.find(Purpose::stop);
  if (meant.evidence == domain::Evidence::nothing) return {};
  const auto policy = stop_policy(run.options, run.call.timeout);
  const auto saving = run.saving(meant.subject);
  const bool saved = saving.save(run.call.deadline);
  const auto stopped = domain::stop(meant.subject, policy, run.world.connect, run.places, run.call.deadline);
  const std::string& name = meant.subject.identity.name;
  if (stopped == domain::Stopped::gracefully) log::info(fmt::format("domain '{}' has shut down", name));
  if (stopped == domain::Stopped::saved) log::info(fmt::format("domain '{}' is saved in {}", name, policy.snapshot));
  if (stopped == domain::Stopped::forcibly) log::warn(fmt::format("domain '{}' was stopped by force", name));
  if (stopped != domain::Stopped::already) run.mailing.stopped(name, stopped == domain::Stopped::forcibly);
  if (saved) saving.sync(run.call.deadline);
  return {};
}

Outcome migrate_to(const Run& run) {
  const std::string& target = run.call.environment.get("OCF_RESKEY_CRM_meta_migrate_target");
  if (target.empty()) {
    throw Error(Fault::failed, "no migration target is given", "migrate through the cluster, as in 'crm resource move'");
  }
  const auto lock = take_lock(run);
  const auto meant = run.find(Purpose::migrate_to);
  const auto plan = migration_plan(run.options, target);
  auto policy = migrate_policy(run.options, run.call.timeout);
  policy.consent = [&](const domain::Identity& domain, Deadline deadline) {
    ask_hook("pre_migrate_hook", run.options.pre_migrate_hook.text, {domain.name, target}, deadline);
  };
  const auto saving = run.saving(meant.subject);
  if (saving.save(run.call.deadline)) saving.sync(run.call.deadline);
  const auto migrated =
      domain::migrate_to(meant.subject, target, plan, policy, run.world.connect, run.places, run.call.deadline);
  log::info(fmt::format("domain '{}' has moved to {}", meant.subject.identity.name, target));
  if (migrated == domain::Migrated::done) run.mailing.left(meant.subject.identity.name, target);
  return {};
}

/// As libvirt has counted; else since its QEMU was started here, which is a migration's first step.
Mailing::Journey journey_of(const Run& run, const domain::Subject& subject) {
  if (const auto times = domain::times_of_arrival(subject, run.world.connect, run.call.deadline)) {
    return {times->total, times->downtime};
  }
  const auto state = domain::read_run_state(run.places.run_state, subject.identity.name);
  if (!state || state->pid <= 0) return {};
  return {domain::process_age(run.places.proc, state->pid), {}};
}

Outcome migrate_from(const Run& run) {
  const auto lock = take_lock(run);
  const auto meant = run.find(Purpose::migrate_from);
  if (meant.evidence == domain::Evidence::nothing) throw Error(Fault::failed, meant.reason);
  domain::migrate_from(meant.subject, run.world.connect, run.places, run.call.deadline);
  if (run.places.processes) domain::drop_outdated_image(run.options.snapshot.text, meant.subject.identity, run.call.deadline);
  run.saving(meant.subject).begin(run.call.deadline);
  after_it_runs(run, meant.subject.identity);
  await_scripts(run.options, run.call);
  const auto journey = journey_of(run, meant.subject);
  const std::string downtime = journey.downtime ? fmt::format(", standing still for {} ms", journey.downtime->count()) : "";
  log::info(fmt::format("domain '{}' has arrived{}", meant.subject.identity.name, downtime));
  run.mailing.arrived(meant.subject.identity.name, journey);
  return {};
}

/// Level 0 is the text of the parameters, which was checked before.
Outcome validate(const Run& run) {
  constexpr int kNode = 10;  // OCF_CHECK_LEVEL that looks at the node, too
  if (run.call.check_level >= kNode) validate_node(run.options, run.call, run.world.connect, run.places);
  return {};
}

/// For meta-data, which the funnel answers before.
Outcome content(const Run& /*run*/) { return {}; }

/// Every action reads the parameters anew: only what was made of them outside, or is to be remembered for them, has to follow.
Outcome reload(const Run& run) {
  const auto note = domain::read_note(run.places.notes, run.call.instance);
  if (!note) return {};
  set_utilization(run, note->identity, UtilizationCheck::always);
  const domain::Subject subject{run.call.instance, run.options.hypervisor, run.options.config.text, note->identity};
  run.saving(subject).begin_late(run.call.deadline);
  return {};
}

struct Action {
  ActionDoc doc;
  Outcome (*act)(const Run& run);
};

const std::vector<Action>& actions() {
  static const std::vector<Action> rows{
      {{"start", ActionKind::change, 120s}, start},
      {{"stop", ActionKind::stop, 120s}, stop},
      {{"monitor", ActionKind::monitor, 30s, 10s, 0}, monitor},
      {{"monitor", ActionKind::monitor, 60s, 60s, 10}, monitor},
      {{"status", ActionKind::monitor, 30s}, monitor},
      {{"migrate_to", ActionKind::change, 600s}, migrate_to},
      {{"migrate_from", ActionKind::change, 120s}, migrate_from},
      {{"reload-agent", ActionKind::check, 20s}, reload},
      {{"meta-data", ActionKind::info, 5s}, content},
      {{"validate-all", ActionKind::check, 20s}, validate},
  };
  return rows;
}

/// Failures that make the cluster act; a probe and a check are only asked.
Outcome told_of_failure(const Run& run, const ActionDoc& action, Outcome (*act)(const Run& run)) {
  const bool monitor = action.kind == ActionKind::monitor;
  const auto tell = [&](const std::string& reason) {
    if (action.kind == ActionKind::check || run.call.probe) return;
    run.mailing.failed(monitor, reason);
  };
  try {
    Outcome outcome = act(run);
    if (outcome.code == ExitCode::not_running) tell("the domain does not run any more");
    if (outcome.code == ExitCode::generic) tell(outcome.remedy.empty() ? outcome.reason : outcome.reason + "; " + outcome.remedy);
    return outcome;
  } catch (const Error& error) {
    tell(error.what());
    throw;
  }
}

Outcome act(const World& world, const ActionDoc& action, const Call& call) {
  const auto options = ocf::parse_parameters<Options>(kParameters, action, call.environment);
  settle_contradictions(options, action);
  constexpr std::string_view kNotes = "/run/resource-agents";  // HA_RSCTMP of Pacemaker's builds
  const std::string& notes = call.environment.get("HA_RSCTMP");
  const auto places = world.places(options.hypervisor, notes.empty() ? std::string(kNotes) : notes);
  const Mailing mailing(options, call, places.notes, world.hand_over);
  const Run run{options, call, world, places, mailing};
  for (const auto& row : actions()) {
    if (row.doc.name == action.name) return told_of_failure(run, action, row.act);
  }
  throw Error(Fault::unsupported, fmt::format("action '{}' has no handler", action.name));
}

}  // namespace

ocf::Agent make_agent(const World& world) {
  ocf::Agent agent;
  agent.doc = kDoc;
  for (const auto& row : actions()) agent.actions.push_back(row.doc);
  agent.parameters = options::rows_of(kParameters);
  agent.act = [world](const ActionDoc& action, const Call& call) { return act(world, action, call); };
  return agent;
}

}  // namespace havc::libvirt_qemu
