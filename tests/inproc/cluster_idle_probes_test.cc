// Pacemaker's own programs say the same of a CIB whose idle probes are gone or short.

#include "cluster/idle_probes.h"

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "support/catch.h"

using namespace havc;

namespace {

std::string said(const std::vector<std::string>& arguments, const std::string& cib) {
  const auto result =
      run_process(arguments, cib, Deadline::after(system_clock(), std::chrono::seconds(60)));
  INFO(result.words());
  REQUIRE(result.exit_code == 0);
  // The time of the call is in it.
  std::string text;
  for (const auto& line : text::split(result.output, "\n"))
    if (line.find("<last_update ") == std::string::npos) text += line + "\n";
  return text;
}

std::vector<std::string> recordings() {
  std::vector<std::string> texts;
  for (const auto& each : std::filesystem::directory_iterator(HAVC_INPROC_DIR "/../golden/cluster"))
    if (each.path().extension() == ".cib") texts.push_back(read_file(each.path(), 1 << 20));
  return texts;
}

}  // namespace

TEST_CASE("crm_mon says the same without idle probes", "[idle_probes]") {
  const std::vector<std::string> crm_mon{
      "crm_mon", "--output-as=xml",
      "--include=none,summary,nodes,resources,failures,fencing,failcounts,options",
      "--xml-file=/dev/stdin"};
  std::size_t shorter = 0;
  for (const auto& cib : recordings()) {
    const auto without = cluster::without_idle_probes(cib);
    if (without.size() < cib.size()) ++shorter;
    CHECK(said(crm_mon, without) == said(crm_mon, cib));
  }
  CHECK(shorter > 5);
}

TEST_CASE("the scheduler does the same with short idle probes", "[idle_probes]") {
  const std::vector<std::string> crm_simulate{"crm_simulate", "--run", "--output-as=xml",
                                              "--xml-pipe"};
  for (const auto& cib : recordings()) {
    const auto shorter = cluster::with_short_idle_probes(cib);
    CHECK(said(crm_simulate, shorter) == said(crm_simulate, cib));
  }
}
