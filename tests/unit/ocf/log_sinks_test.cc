#include "ocf/log_sinks.h"

#include "support/catch.h"
#include "support/temporary_folder.h"

#include <filesystem>

using havc::Environment;
using havc::log::OnStderr;
using havc::log::Sinks;

namespace {

Sinks sinks_of(Environment::Values values, const char* action = "start") {
  return havc::ocf::log_sinks("Agent", action, Environment(std::move(values)), false);
}

const Environment::Values kAll{{"HA_LOGFACILITY", "local3"}, {"HA_LOGFILE", "/var/log/ha"}, {"HA_DEBUGLOG", "/var/log/ha.debug"}};

}  // namespace

TEST_CASE("a person at a terminal gets the lines there and nowhere else", "[ocf]") {
  const auto sinks = havc::ocf::log_sinks("Agent", "start", Environment(kAll), true);
  CHECK(sinks.on_stderr == OnStderr::tagged);
  CHECK(sinks.facility < 0);
  CHECK((sinks.file + sinks.debug_file).empty());
}

TEST_CASE("lines go to syslog and files as the cluster is configured", "[ocf]") {
  const auto sinks = sinks_of(kAll);
  CHECK(sinks.on_stderr == OnStderr::none);
  CHECK(sinks.facility == 19 * 8);  // RFC 5424, table 1
  CHECK(sinks.file == "/var/log/ha");
  CHECK(sinks.debug_file == "/var/log/ha.debug");
}

TEST_CASE("without syslog and file, lines are dated ones on stderr", "[ocf]") {
  CHECK(sinks_of({{"HA_LOGFACILITY", "none"}, {"HA_LOGFILE", "none"}}).on_stderr == OnStderr::dated);
  CHECK(sinks_of({{"HA_LOGFILE", "/var/log/ha"}}).on_stderr == OnStderr::none);
}

TEST_CASE("validate-all tells the tool that runs it, whatever is configured", "[ocf]") {
  CHECK(sinks_of(kAll, "validate-all").on_stderr == OnStderr::plain);
}

TEST_CASE("the tag names agent and resource, or is the administrator's as it stands", "[ocf]") {
  CHECK(sinks_of({}).tag == "Agent(default)");
  CHECK(sinks_of({{"OCF_RESOURCE_INSTANCE", "vm1"}}).tag == "Agent(vm1)");
  const auto own = sinks_of({{"HA_LOGTAG", "mine"}});
  CHECK(own.tag == "mine");
  CHECK_FALSE(own.process_id);
}

TEST_CASE("debug lines are wanted when HA_debug is set and not 0", "[ocf]") {
  CHECK_FALSE(sinks_of({}).debug);
  CHECK_FALSE(sinks_of({{"HA_debug", "0"}}).debug);
  CHECK(sinks_of({{"HA_debug", "1"}}).debug);
}

TEST_CASE("ha_logger is used when it is wanted and there", "[ocf]") {
  const havc::test::TemporaryFolder folder;
  const std::string program = folder.write("ha_logger", "");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  CHECK(sinks_of({{"HA_LOGD", "yes"}, {"PATH", "/nonexistent:" + folder.path()}}).logger == program);
  CHECK(sinks_of({{"HA_use_logd", "on"}, {"PATH", folder.path()}}).logger == program);
  CHECK(sinks_of({{"HA_LOGD", "yes"}, {"PATH", "/nonexistent"}}).logger.empty());
  CHECK(sinks_of({{"PATH", folder.path()}}).logger.empty());
}
