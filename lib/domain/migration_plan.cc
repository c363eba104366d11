#include "domain/migration_plan.h"

#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace havc::domain {

namespace {

constexpr std::string_view kLetters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

void check(const char* what, const std::string& value, std::string_view also) {
  if (value.find_first_not_of(std::string(kLetters) + std::string(also)) == std::string::npos)
    return;
  // No fault that would ban the resource: only this migration cannot be.
  throw Error(Fault::failed,
              std::string(what) + " " + text::quote(value) + " cannot be part of a URI",
              "correct it");
}

}  // namespace

MigrationPlan plan_migration(const MigrationRoute& route) {
  if (route.target.empty()) throw Error(Fault::failed, "no migration target is given");
  check("migration target", route.target, ".-_:[]");
  check("migration_transport", route.transport, "");
  check("migration_user", route.user, ".-_");
  check("migration_network_suffix", route.suffix, ".-_");
  const std::string transport = route.transport.empty() ? "" : "+" + route.transport;
  const std::string user = route.user.empty() ? "" : route.user + "@";
  MigrationPlan plan;
  plan.destination_uri = "qemu" + transport + "://" + user + route.target + "/system";
  if (route.suffix.empty()) return plan;
  std::string host = route.target;
  host.insert(std::min(host.find('.'), host.size()), route.suffix);
  plan.migrate_uri = "tcp:" + host;
  return plan;
}

}  // namespace havc::domain
