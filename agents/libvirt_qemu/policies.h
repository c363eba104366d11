// From the agent's parameters to what the verbs take. Pure.
#pragma once

#include <string>

#include "domain/migrate.h"
#include "domain/migration_plan.h"
#include "domain/start.h"
#include "domain/stop.h"
#include "domain/verdict.h"
#include "libvirt_qemu/options.h"
#include "ocf/agent.h"

namespace havc::libvirt_qemu {

domain::StartPolicy start_policy(const Options& options);
domain::StopPolicy stop_policy(const Options& options, std::chrono::milliseconds timeout);
domain::HealthPolicy health_policy(const Options& options);
domain::MigratePolicy migrate_policy(const Options& options, std::chrono::milliseconds timeout);
/// Throws as domain::plan_migration does.
domain::MigrationPlan migration_plan(const Options& options, const std::string& target);

/// Parameters that are right one by one and wrong together. Throws Error(misconfigured) for start and checks; of the others
/// stop is the one that they matter to: it warns, and goes on with force.
void settle_contradictions(const Options& options, const ocf::ActionDoc& action);

}  // namespace havc::libvirt_qemu
