#include "domain/migrate_options.h"

#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;

namespace {

MigrateOptions read(std::string_view text) {
  auto read = read_migrate_options(text);
  INFO(text);
  if (const auto* why = std::get_if<std::string>(&read)) FAIL(*why);
  return std::get<MigrateOptions>(read);
}

std::string why_not(std::string_view text) {
  const auto read = read_migrate_options(text);
  const auto* const why = std::get_if<std::string>(&read);
  return why ? *why : "accepted";
}

}  // namespace

TEST_CASE("a common line of VirtualDomain's configurations is understood", "[migrate_options]") {
  const auto options =
      read("--live --p2p --tls --auto-converge --compressed --bandwidth 200 --verbose");
  CHECK(options.plan.mode == MigrationMode::p2p);
  CHECK(options.plan.tls);
  CHECK(options.plan.auto_converge);
  CHECK(options.plan.compressed);
  CHECK(options.plan.bandwidth == 200);
}

TEST_CASE("words may lack their dashes, and values follow in either form", "[migrate_options]") {
  CHECK(read("p2p tunnelled").plan.mode == MigrationMode::tunnelled);
  CHECK(read("--tunnelled --p2p").plan.mode == MigrationMode::tunnelled);
  CHECK(read("--bandwidth=20").plan.bandwidth == 20);
  CHECK(read("bandwidth 20").plan.bandwidth == 20);
  CHECK(read("--migrateuri 'tcp://%n-mig:49160'").plan.migrate_uri == "tcp://%n-mig:49160");
  CHECK(read("--graphicsuri=spice://a?x=1").plan.graphics_uri == "spice://a?x=1");
}

TEST_CASE("a definition moves to the target or stays, with either word", "[migrate_options]") {
  const auto* const words = GENERATE("--persistent", "--undefinesource");
  CHECK(read(words).plan.persistent);
  CHECK(read(words).plan.undefine_source);
}

TEST_CASE("post-copy and timeouts", "[migrate_options]") {
  CHECK(read("--postcopy").plan.postcopy);
  CHECK(read("--postcopy-after-precopy").postcopy_after_precopy);
  CHECK(read("--postcopy-after-precopy").plan.postcopy);
  const auto switching = read("--timeout 60 --timeout-postcopy");
  CHECK(switching.timeout == 60s);
  CHECK(switching.at_timeout == AtTimeout::postcopy);
  CHECK(switching.plan.postcopy);
  CHECK(read("--timeout 60").at_timeout == AtTimeout::suspend);
}

TEST_CASE("storage, parallel and compression", "[migrate_options]") {
  const auto plan =
      read(
          "--copy-storage-inc --copy-storage-synchronous-writes --migrate-disks vda,vdb "
          "--disks-port 49200 --parallel --comp-methods xbzrle --comp-xbzrle-cache 4096")
          .plan;
  CHECK(plan.storage == StorageCopy::increment);
  CHECK(plan.storage_synchronous);
  CHECK(plan.disks == std::vector<std::string>{"vda", "vdb"});
  CHECK(plan.disks_port == 49200);
  CHECK(plan.parallel == 2);
  CHECK(plan.compression == "xbzrle");
  CHECK(plan.compression_cache == 4096);
  CHECK(read("--parallel-connections 1 --parallel").plan.parallel == 1);
}

TEST_CASE("a word that cannot be is refused by name", "[migrate_options]") {
  struct Row {
    const char* text;
    const char* why;
  };
  const auto row = GENERATE(values<Row>({
      {"--live --frobnicate", "'--frobnicate' is not an option of virsh migrate"},
      {"--p2p=yes", "'--p2p' takes no value"},
      {"--bandwidth", "'--bandwidth' needs a value"},
      {"--bandwidth --live", "'--bandwidth' needs a value"},
      {"--bandwidth fast", "'--bandwidth' needs a number, not 'fast'"},
      {"--bandwidth -1", "'--bandwidth' needs a number, not '-1'"},
      {"--dname other", "'--dname' cannot be: the cluster would look for the old name"},
      {"--suspend", "'--suspend' cannot be: the guest would stand still on the target"},
      {"--offline", "'--offline' cannot be: a guest that runs would stay where it is"},
      {"--direct", "'--direct' cannot be: QEMU cannot do it"},
      {"--xml /x", "'--xml' cannot be: the target would run another definition"},
      {"--timeout 0", "'--timeout' needs a number above 0"},
      {"--timeout-suspend", "'--timeout-suspend' needs '--timeout'"},
      {"--timeout 5 --timeout-suspend --timeout-postcopy",
       "'--timeout-suspend' and '--timeout-postcopy' exclude each other"},
      {"--migrateuri 'tcp:", "a quotation mark is not closed"},
      {"; reboot", "';' is not an option of virsh migrate"},
  }));
  CHECK(why_not(row.text) == row.why);
}
