#include "domain/migration_plan.h"

#include "base/error.h"
#include "domain/migrate.h"
#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;

TEST_CASE("migration URIs follow HAVC-II's rules", "[migration_plan]") {
  struct Row {
    MigrationRoute route;
    std::string destination;
    std::string migrate;
  };
  const auto row = GENERATE(values<Row>({
      {{"node2"}, "qemu://node2/system", ""},
      {{"node2", "tcp"}, "qemu+tcp://node2/system", ""},
      {{"node2", "ssh", "admin"}, "qemu+ssh://admin@node2/system", ""},
      {{"node2", "tcp", "", "-mig"}, "qemu+tcp://node2/system", "tcp:node2-mig"},
      {{"node2.example.org", "tcp", "", "-mig"},
       "qemu+tcp://node2.example.org/system",
       "tcp:node2-mig.example.org"},
      {{"node2", "", "", ".mig.net"}, "qemu://node2/system", "tcp:node2.mig.net"},
  }));
  const MigrationPlan plan = plan_migration(row.route);
  CHECK(plan.destination_uri == row.destination);
  CHECK(plan.migrate_uri == row.migrate);
}

TEST_CASE("a port goes with the host, a whole URI instead of both", "[migration_plan]") {
  MigrationRoute route{"node2.example.org", "tcp", "admin", "-mig"};
  route.port = 49160;
  CHECK(plan_migration(route).migrate_uri == "tcp:node2-mig.example.org:49160");
  route.suffix.clear();
  CHECK(plan_migration(route).migrate_uri == "tcp:node2.example.org:49160");
  route.migrate_uri = "tcp://%n-m:1";
  CHECK(plan_migration(route).migrate_uri == "tcp://node2.example.org-m:1");
}

TEST_CASE("%n is the plain name of the target, without user and suffix", "[migration_plan]") {
  MigrationRoute route{"node2", "tcp", "admin", "-mig"};
  route.remote_uri = "qemu+ssh://root@%n-adm/system?x=%n";
  route.migrate_uri = "tcp://%n:49160";
  const auto plan = plan_migration(route);
  CHECK(plan.destination_uri == "qemu+ssh://root@node2-adm/system?x=node2");
  CHECK(plan.migrate_uri == "tcp://node2:49160");
}

TEST_CASE("what does not belong into a URI is refused", "[migration_plan]") {
  CHECK_THROWS_AS(plan_migration({""}), havc::Error);
  CHECK_THROWS_AS(plan_migration({"node2/x"}), havc::Error);
  CHECK_THROWS_AS(plan_migration({"node2", "tcp?command=x"}), havc::Error);
  CHECK_THROWS_AS(plan_migration({"node2", "", "a@b"}), havc::Error);
  CHECK_THROWS_AS(plan_migration({"node2", "", "", "-mig:80"}), havc::Error);
}

TEST_CASE("the abort reserve shrinks with the timeout", "[migration_plan]") {
  CHECK(abort_reserve(600s, {}) == 20s);
  CHECK(abort_reserve(91s, {}) == 20s);
  CHECK(abort_reserve(90s, {}) == 10s);
  CHECK(abort_reserve(10s, {}) == 5s);
  MigratePolicy chosen;
  chosen.abort_reserve = 45s;
  CHECK(abort_reserve(600s, chosen) == 45s);
  CHECK(abort_reserve(60s, chosen) == 30s);
}

TEST_CASE("a word that is wrong in a URI does not ban the resource", "[migration_plan]") {
  try {
    plan_migration({"node2", "tcp-x"});
    FAIL("no error");
  } catch (const havc::Error& error) {
    CHECK(error.fault() == havc::Fault::failed);
  }
}
