// havc lint as it is given, on a configuration in a file: no cluster is needed, but crm_mon is.
#include "base/process.h"
#include "havc/command_line.h"
#include "havc/commands.h"
#include "support/catch.h"

#include <sstream>

namespace {

using namespace havc::cli;
using Catch::Matchers::Contains;

const std::string kGolden = HAVC_SOURCE_DIR "/tests/golden/";

struct Said {
  int code;
  std::string out;
  std::string err;
};

Said lint(std::vector<std::string> words) {
  words.insert(words.begin(), "lint");
  words.insert(words.end(), {"--config", kGolden + "inventory"});
  std::ostringstream out;
  std::ostringstream err;
  const int code = run(commands(), words, out, err);
  return {code, out.str(), err.str()};
}

Said lint_of_moved(std::vector<std::string> words) {
  words.insert(words.end(), {"--cib", kGolden + "cluster/started-after-move.cib"});
  return lint(words);
}

bool has_crm_mon() {
  return !havc::find_program("crm_mon", "/usr/sbin:/usr/bin:/sbin:/bin").empty();
}

TEST_CASE("the rules are listed without looking at anything", "[havc]") {
  const auto said = lint({"--list"});
  CHECK(said.code == 0);
  CHECK_THAT(said.out, Contains("stonith-disabled"));
  CHECK(said.err.empty());
}

TEST_CASE("a code that no rule has is refused, as it would find nothing", "[havc]") {
  const auto option = GENERATE("--only", "--ignore");
  const auto said = lint({option, "stonith-disable"});
  CHECK(said.code == kUsage);
  CHECK_THAT(said.err, Contains("did you mean 'stonith-disabled'?"));
}

TEST_CASE("lint of a file finds what is wrong in it, and says what to do", "[havc]") {
  if (!has_crm_mon()) return;  // its package is none that building needs
  const auto said = lint_of_moved({"--only", "leftover-constraint"});
  CHECK_THAT(said.out, Contains("cli-prefer-WEB-01_intranet"));
  CHECK_THAT(said.out, Contains("leftover-constraint: crm_resource --clear"));
}

TEST_CASE("what is ignored neither is found nor counts", "[havc]") {
  if (!has_crm_mon()) return;  // its package is none that building needs
  const auto said = lint_of_moved(
      {"--only", "leftover-constraint", "--ignore", "leftover-constraint:WEB-01_intranet"});
  CHECK(said.out == "nothing is found\n");
}

TEST_CASE("health's codes may be ignored, as the inventory's key is for both", "[havc]") {
  if (!has_crm_mon()) return;  // its package is none that building needs
  CHECK(lint_of_moved({"--ignore", "storage-low"}).code != kUsage);
  CHECK(lint_of_moved({"--only", "storage-low"}).code == kUsage);
}

TEST_CASE("a file that is no configuration leaves the verdict unknown", "[havc]") {
  const auto said = lint({"--cib", "/nowhere/cib.xml"});
  CHECK(said.code == 3);
  CHECK_THAT(said.err, Contains("/nowhere/cib.xml"));
}

TEST_CASE("what is found of some VMs is told alone", "[havc]") {
  if (!has_crm_mon()) return;
  const auto one = lint_of_moved({"web-01", "--no-headers"});
  CHECK_THAT(one.out, Contains("leftover-constraint"));
  CHECK_THAT(one.out, !Contains("  -  ") && !Contains("DB-01"));
  const auto none = lint_of_moved({"NOPE"});
  CHECK(none.code == 3);
  CHECK_THAT(none.err, Contains("'NOPE' means no VM"));
}

}  // namespace
