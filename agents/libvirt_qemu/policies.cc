#include "libvirt_qemu/policies.h"

#include "base/error.h"
#include "base/log.h"

namespace havc::libvirt_qemu {

domain::StartPolicy start_policy(const Options& options) {
  return {options.domain_definition, options.managed_save_action, options.snapshot.text,
          options.start_resources};
}

domain::StopPolicy stop_policy(const Options& options, std::chrono::milliseconds timeout) {
  domain::StopPolicy policy;
  policy.force = options.force_stop;
  policy.wake_guest = options.wake_guest;
  policy.methods = options.shutdown_mode;
  policy.snapshot = options.snapshot.text;
  policy.kill_reserve = options.stop_kill_reserve;
  policy.timeout = timeout;
  return policy;
}

domain::HealthPolicy health_policy(const Options& options) {
  return {options.io_error_action, options.paused_action, options.paused_grace,
          options.guest_agent_check};
}

domain::MigratePolicy migrate_policy(const Options& options, std::chrono::milliseconds timeout) {
  domain::MigratePolicy policy;
  policy.postcopy_after_precopy = options.migrate_options.postcopy_after_precopy;
  policy.act_after = options.migrate_options.timeout;
  policy.at_timeout = options.migrate_options.at_timeout;
  policy.preflight = options.migration_preflight;
  policy.start_resources = options.start_resources;
  policy.abort_reserve = options.migration_abort_reserve;
  policy.timeout = timeout;
  return policy;
}

namespace {

template <class Value>
void prefer(Value& value, const Value& parameter) {
  if (parameter != Value()) value = parameter;
}

domain::MigrationPlan route_of(const Options& options, const std::string& target) {
  domain::MigrationRoute route;
  route.target = target;
  route.transport = options.migration_transport.text;
  route.user = options.migration_user.text;
  route.suffix = options.migration_network_suffix.text;
  route.port = options.migrateport.number;
  route.remote_uri = options.remoteuri;
  route.migrate_uri = options.migrate_options.plan.migrate_uri;
  prefer(route.migrate_uri, options.migrateuri);
  return domain::plan_migration(route);
}

/// libvirt keeps its definitions there: without it, this node would have lost the file of `config`.
bool is_libvirts_own(const std::string& config) { return config.starts_with("/etc/libvirt/"); }

}  // namespace

domain::MigrationPlan migration_plan(const Options& options, const std::string& target) {
  domain::MigrationPlan plan = options.migrate_options.plan;
  const auto route = route_of(options, target);
  plan.destination_uri = route.destination_uri;
  plan.migrate_uri = route.migrate_uri;
  prefer(plan.mode, options.migration_mode);
  plan.downtime = std::chrono::milliseconds(options.migration_downtime);
  prefer(plan.bandwidth, options.migration_speed);
  prefer(plan.tls, options.migration_tls);
  prefer(plan.auto_converge, options.migration_auto_converge);
  prefer(plan.postcopy, options.migration_postcopy == domain::PostCopy::fallback);
  prefer(plan.unsafe, options.migration_unsafe);
  // A machine whose definition libvirt keeps would be transient on the target otherwise, and lose its TPM with its end.
  const bool kept = options.domain_definition == domain::DefinitionKind::persistent;
  prefer(plan.persistent, options.migration_persistent || kept);
  plan.undefine_source = plan.persistent && !is_libvirts_own(options.config.text);
  prefer(plan.parallel, options.migration_parallel);
  prefer(plan.compression, options.migration_compression);
  return plan;
}

void settle_contradictions(const Options& options, const ocf::ActionDoc& action) {
  if (!options.force_stop || options.snapshot.empty()) return;
  constexpr char kProblem[] = "'force_stop' and 'snapshot' exclude each other";
  if (action.kind == ocf::ActionKind::check || action.name == "start")
    throw Error(Fault::misconfigured, kProblem, "unset one of them");
  if (action.kind == ocf::ActionKind::stop) log::warn(std::string(kProblem) + "; stopping by force");
}

}  // namespace havc::libvirt_qemu
