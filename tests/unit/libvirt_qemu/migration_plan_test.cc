#include "libvirt_qemu/policies.h"
#include "options/parse.h"
#include "support/catch.h"

using havc::domain::MigrationMode;
using havc::libvirt_qemu::Options;

namespace {

Options options_of(havc::Environment::Values values) {
  values["OCF_RESKEY_config"] = "/shared/vm1.xml";
  const auto parsed = havc::options::parse<Options>(
      havc::libvirt_qemu::kParameters, havc::Environment(std::move(values)), "OCF_RESKEY_");
  for (const auto& problem : parsed.problems) FAIL(problem.text);
  return parsed.options;
}

havc::domain::MigrationPlan plan_of(const havc::Environment::Values& values) {
  return migration_plan(options_of(values), "node2");
}

}  // namespace

TEST_CASE("words of virsh and parameters add up", "[policies]") {
  const auto plan = plan_of({{"OCF_RESKEY_migrate_options", "--p2p --tls --postcopy"},
                             {"OCF_RESKEY_migration_transport", "tcp"},
                             {"OCF_RESKEY_migration_auto_converge", "1"}});
  CHECK(plan.destination_uri == "qemu+tcp://node2/system");
  CHECK(plan.mode == MigrationMode::p2p);
  CHECK(plan.tls);
  CHECK(plan.postcopy);
  CHECK(plan.auto_converge);
}

TEST_CASE("a parameter wins over a value among the words", "[policies]") {
  const auto plan = plan_of({{"OCF_RESKEY_migrate_options",
                              "--bandwidth 10 --parallel-connections 3 --migrateuri tcp://%n:1"},
                             {"OCF_RESKEY_migration_speed", "20"},
                             {"OCF_RESKEY_migration_mode", "tunnelled"},
                             {"OCF_RESKEY_migrateuri", "tcp://%n-mig"}});
  CHECK(plan.bandwidth == 20);
  CHECK(plan.parallel == 3);
  CHECK(plan.mode == MigrationMode::tunnelled);
  CHECK(plan.migrate_uri == "tcp://node2-mig");
}

TEST_CASE("a URI among the words wins over suffix and port", "[policies]") {
  CHECK(plan_of({{"OCF_RESKEY_migrate_options", "--migrateuri=tcp://%n:1"},
                 {"OCF_RESKEY_migration_network_suffix", "-mig"}})
            .migrate_uri == "tcp://node2:1");
  CHECK(plan_of(
            {{"OCF_RESKEY_migrateport", "49160"}, {"OCF_RESKEY_migration_network_suffix", "-mig"}})
            .migrate_uri == "tcp:node2-mig:49160");
}

TEST_CASE("a definition moves as a whole, and stays where it was when nobody asked", "[policies]") {
  const auto plain = plan_of({});
  CHECK_FALSE((plain.persistent || plain.undefine_source));
  const auto* const name =
      GENERATE("OCF_RESKEY_migration_persistent", "OCF_RESKEY_migrate_options");
  const auto moved =
      plan_of({{name, std::string(name).ends_with("options") ? "--undefinesource" : "1"}});
  CHECK(moved.persistent);
  CHECK(moved.undefine_source);
}

TEST_CASE("a persistent machine is persistent on the target, too", "[policies]") {
  CHECK(plan_of({{"OCF_RESKEY_domain_definition", "persistent"}}).persistent);
}

TEST_CASE("the file of config is not removed with the source's definition", "[policies]") {
  auto options = options_of({{"OCF_RESKEY_migration_persistent", "1"}});
  options.config.text = "/etc/libvirt/qemu/vm1.xml";
  const auto plan = migration_plan(options, "node2");
  CHECK(plan.persistent);
  CHECK_FALSE(plan.undefine_source);
}

TEST_CASE("a word of virsh that is not known is refused by name", "[policies]") {
  const auto parsed =
      havc::options::parse<Options>(havc::libvirt_qemu::kParameters,
                                    havc::Environment({{"OCF_RESKEY_config", "/vm1.xml"},
                                                       {"OCF_RESKEY_migrate_options", "--liv"}}),
                                    "OCF_RESKEY_");
  REQUIRE(parsed.problems.size() == 1);
  CHECK(parsed.problems[0].text ==
        "parameter 'migrate_options': '--liv' is not an option of virsh migrate");
}
