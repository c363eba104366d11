// What tests/lab/record_states has recorded, and the word and detail for each: the word is the
// first of the file's name.
#include "cluster/state.h"

#include "base/file.h"
#include "base/text.h"
#include "support/catch.h"
#include "support/golden.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

namespace {

using namespace havc::cluster;

constexpr std::size_t kMostBytes = 1 << 20;
const std::filesystem::path kFolder =
    std::filesystem::path(HAVC_SOURCE_DIR) / "tests/golden/cluster";

std::vector<std::string> recordings() {
  std::vector<std::string> names;
  for (const auto& each : std::filesystem::directory_iterator(kFolder)) {
    if (each.path().extension() == ".xml") names.push_back(each.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

State state_in(const std::string& name) {
  const auto path = kFolder / (name + ".xml");
  const Status status = parse_status(havc::read_file(path, kMostBytes), path);
  std::optional<Configuration> configuration;
  const auto cib = kFolder / (name + ".cib");
  if (std::filesystem::exists(cib))
    configuration = parse_configuration(havc::read_file(cib, kMostBytes), cib);
  const Overview overview(status, configuration ? &*configuration : nullptr);
  return state_of(overview, {.id = "WEB-01_intranet", .wanted = havc::inventory::Wanted::started});
}

std::string line(const std::string& name, const State& state) {
  std::string text = fmt::format("{}: {}", name, name_of(state.word));
  if (!state.nodes.empty()) text += " [" + havc::text::join(state.nodes, ", ") + "]";
  if (state.word == Word::migrating) text += fmt::format(" {} -> {}", state.from, state.to);
  if (state.fail_count != 0)
    text += fmt::format(" (fail count {} on {})", state.fail_count, state.fail_node);
  if (!state.failure.empty() && state.failure != state.reason)
    text += "\n    failure: " + state.failure;
  if (!state.reason.empty()) text += "\n    " + state.reason;
  for (const auto& each : state.doubts) text += "\n    doubt: " + each;
  return text + "\n";
}

TEST_CASE("each recording has its word", "[cluster]") {
  REQUIRE(recordings().size() > 20);
  for (const auto& name : recordings()) {
    INFO(name);
    CHECK(name_of(state_in(name).word) == name.substr(0, name.find('-')));
  }
}

TEST_CASE("each recording has its detail", "[cluster]") {
  std::string all;
  for (const auto& name : recordings()) all += line(name, state_in(name));
  havc::test::check_golden("cluster/words.txt", all);
}

}  // namespace
