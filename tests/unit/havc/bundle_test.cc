// What goes into a bundle for support, from nodes that say secrets wherever they can.
#include "havc/bundle.h"

#include "base/file.h"
#include "base/process.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace {

using namespace havc;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

const std::string kSecret = "Geheim7";

/// Nodes that say a password with each program; the one called "dead" is not reached.
remote::Run nodes() {
  return [](const remote::Host& host, const remote::Command& command, Deadline) {
    if (host.name == "dead")
      throw Error(Fault::unreachable, "node 'dead' was not reached: password=" + kSecret);
    ProcessResult result;
    if (command.arguments.front() == "havc") result.exit_code = 1;
    result.output = command.arguments.front() + " says\npassword=" + kSecret +
                    "\n<nvpair name=\"community\" value=\"" + kSecret + "\"/>\n";
    result.errors = "snmp -c " + kSecret;
    return result;
  };
}

Deadline soon() {
  return Deadline::after(system_clock(), 60s);
}

/// Names and contents of all that is in the archive.
std::string unpacked(const std::string& archive) {
  const test::TemporaryFolder folder;
  const std::string file = folder.path() + "/a.tar.gz";
  write_file(file, archive, 0600);
  return run_process({"tar", "--list", "--verbose", "--file", file}, "", soon()).output +
         run_process({"tar", "--extract", "--to-stdout", "--file", file}, "", soon()).output;
}

TEST_CASE("a planted secret is never in the archive", "[havc]") {
  cli::Bundle bundle;
  bundle.add("cib.xml", "<cib><nvpair name='passwd' value='" + kSecret + "'/></cib>");
  cli::add_nodes(bundle, nodes(), {{.name = "n1"}, {.name = "dead"}}, soon());
  const std::string text = unpacked(cli::archive_of("bundle", bundle, soon()));
  CHECK_THAT(text, Contains("bundle/nodes/n1/journal.txt"));
  CHECK_THAT(text, Contains("journalctl says"));
  CHECK_THAT(text, Contains("(hidden)"));
  CHECK(text.find(kSecret) == std::string::npos);
}

TEST_CASE("what could not be had is told, with the reason", "[havc]") {
  cli::Bundle bundle;
  cli::add_nodes(bundle, nodes(), {{.name = "n1"}, {.name = "dead"}}, soon());
  const std::string missing = bundle.files().at("MISSING.txt");
  CHECK_THAT(missing, Contains("nodes/dead/journal.txt: node 'dead' was not reached"));
  CHECK_THAT(missing, Contains("nodes/n1/report.json"));
  CHECK(missing.find(kSecret) == std::string::npos);
}

TEST_CASE("a complete bundle misses nothing", "[havc]") {
  cli::Bundle bundle;
  bundle.add("a", "text");
  CHECK(bundle.missing().empty());
  CHECK(bundle.files() == std::map<std::string, std::string>{{"a", "text"}});
}

}  // namespace
