// Every reason that the agent can give, as Pacemaker keeps it: reasons.py finds them in the sources, the front fits them, reasons.txt is what an administrator
// reads at night.
#include "base/process.h"
#include "base/text.h"
#include "ocf/run.h"
#include "support/catch.h"
#include "support/golden.h"

#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace havc;

struct Reason {
  std::string place;
  std::string cause;
  std::string remedy;
};

std::vector<Reason> reasons() {
  const auto result = run_process({"python3", HAVC_SOURCE_DIR "/tests/golden/reasons.py", HAVC_SOURCE_DIR}, "", Deadline::after(system_clock(), 50s));
  REQUIRE(result.exit_code == 0);
  std::vector<Reason> found;
  for (const auto& line : text::split(result.output, "\n")) {
    const auto first = line.find('\t');
    const auto second = line.find('\t', first + 1);
    REQUIRE(second != std::string::npos);
    found.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  return found;
}

}  // namespace

TEST_CASE("each reason fits with its cause first and its remedy whole", "[golden]") {
  std::string list;
  std::string place;
  for (const auto& reason : reasons()) {
    const std::string line = ocf::fitted(reason.cause, reason.remedy);
    INFO(reason.place << ": " << line);
    CHECK(line.size() <= ocf::kLongestReason);
    CHECK(line == text::one_line(line, std::string::npos));
    constexpr std::size_t kTelling = 25;  // enough to name what is wrong
    CHECK_THAT(line, Catch::Matchers::StartsWith(reason.cause.substr(0, kTelling)));
    if (!reason.remedy.empty()) CHECK_THAT(line, Catch::Matchers::EndsWith("; " + reason.remedy));
    if (reason.place != place) list += (place.empty() ? "" : "\n") + reason.place + "\n";
    place = reason.place;
    list += "  " + line + "\n";
  }
  test::check_golden("reasons.txt", list);
}
