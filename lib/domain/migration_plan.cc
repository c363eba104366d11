#include "domain/migration_plan.h"

#include <algorithm>
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

std::string filled(const std::string& pattern, const std::string& target) {
  constexpr std::string_view kPlace = "%n";
  std::string result;
  std::size_t begin = 0;
  for (auto at = pattern.find(kPlace); at != std::string::npos; at = pattern.find(kPlace, begin)) {
    result += pattern.substr(begin, at - begin) + target;
    begin = at + kPlace.size();
  }
  return result + pattern.substr(begin);
}

std::string destination_of(const MigrationRoute& route) {
  if (!route.remote_uri.empty()) return filled(route.remote_uri, route.target);
  const std::string transport = route.transport.empty() ? "" : "+" + route.transport;
  const std::string user = route.user.empty() ? "" : route.user + "@";
  return "qemu" + transport + "://" + user + route.target + "/system";
}

std::string migrate_uri_of(const MigrationRoute& route) {
  if (!route.migrate_uri.empty()) return filled(route.migrate_uri, route.target);
  if (route.suffix.empty() && route.port == 0) return {};
  std::string host = route.target;
  host.insert(std::min(host.find('.'), host.size()), route.suffix);
  return "tcp:" + host + (route.port == 0 ? "" : ":" + std::to_string(route.port));
}

}  // namespace

MigrationPlan plan_migration(const MigrationRoute& route) {
  if (route.target.empty()) throw Error(Fault::failed, "no migration target is given");
  check("migration target", route.target, ".-_:[]");
  check("migration_transport", route.transport, "");
  check("migration_user", route.user, ".-_");
  check("migration_network_suffix", route.suffix, ".-_");
  MigrationPlan plan;
  plan.destination_uri = destination_of(route);
  plan.migrate_uri = migrate_uri_of(route);
  return plan;
}

}  // namespace havc::domain
