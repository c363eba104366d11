#include "importer/virsh.h"

#include "base/clock.h"
#include "base/error.h"
#include "support/catch.h"

#include <algorithm>

namespace {

using namespace havc;
using namespace havc::importer;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

Deadline soon() {
  return Deadline::after(system_clock(), 30s);
}

TEST_CASE("a node's domains are asked for by lists of names", "[importer]") {
  const remote::Run node = [](const remote::Host&, const remote::Command& command, Deadline) {
    const auto& words = command.arguments;
    const bool all = std::find(words.begin(), words.end(), "--all") != words.end();
    if (words.back() == "--autostart" || words.back() == "--with-snapshot")
      return ProcessResult{0, "two words\n", ""};
    if (words.back() == "--with-managed-save") return ProcessResult{0, "\n", ""};
    return ProcessResult{0, all ? "WEB\ntwo words\n\n" : "WEB\n\n", ""};
  };
  const auto all = list_domains({"n1", "n1"}, node, soon());
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "WEB");
  CHECK(all[0].domain.running);
  CHECK_FALSE(all[0].domain.autostart);
  CHECK(all[1].name == "two words");
  CHECK_FALSE(all[1].domain.running);
  CHECK(all[1].domain.snapshots);
  CHECK(all[1].domain.node == "n1");
}

TEST_CASE("what virsh refuses is told in its words, with the node", "[importer]") {
  const remote::Run node = [](const remote::Host&, const remote::Command&, Deadline) {
    return ProcessResult{1, "", "error: failed to connect\n"};
  };
  CHECK_THROWS_WITH(definition_of("-x", {"n1", "n1"}, node, soon()),
                    Contains("virsh dumpxml failed on 'n1': error: failed to connect"));
}

}  // namespace
