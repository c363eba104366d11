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
  policy.postcopy = options.migration_postcopy;
  policy.downtime = std::chrono::milliseconds(options.migration_downtime);
  policy.preflight = options.migration_preflight;
  policy.start_resources = options.start_resources;
  policy.abort_reserve = options.migration_abort_reserve;
  policy.timeout = timeout;
  return policy;
}

domain::MigrationPlan migration_plan(const Options& options, const std::string& target) {
  auto plan = domain::plan_migration({target, options.migration_transport.text,
                                      options.migration_user.text,
                                      options.migration_network_suffix.text});
  plan.mode = options.migration_mode;
  plan.tls = options.migration_tls;
  plan.auto_converge = options.migration_auto_converge;
  plan.postcopy = options.migration_postcopy == domain::PostCopy::fallback;
  plan.unsafe = options.migration_unsafe;
  plan.persistent = options.migration_persistent;
  plan.parallel = options.migration_parallel;
  plan.bandwidth = options.migration_speed;
  plan.compression = options.migration_compression;
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
