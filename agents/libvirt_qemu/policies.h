// From the agent's parameters to what the verbs take. Pure.
#pragma once

#include <string>

#include "domain/migrate.h"
#include "domain/migration_plan.h"
#include "domain/start.h"
#include "domain/stop.h"
#include "domain/verdict.h"
#include "libvirt_qemu/options.h"

namespace havc::libvirt_qemu {

domain::StartPolicy start_policy(const Options& options);
domain::StopPolicy stop_policy(const Options& options, std::chrono::milliseconds timeout);
domain::HealthPolicy health_policy(const Options& options);
domain::MigratePolicy migrate_policy(const Options& options, std::chrono::milliseconds timeout);
/// Throws as domain::plan_migration does.
domain::MigrationPlan migration_plan(const Options& options, const std::string& target);

}  // namespace havc::libvirt_qemu
