#include "change/way.h"

#include "base/file.h"
#include "support/catch.h"

namespace {

using namespace havc;
using namespace havc::change;

cluster::Configuration recorded(const std::string& name) {
  const std::string path = HAVC_GOLDEN_DIR "/cluster/moves-" + name + ".cib";
  return cluster::parse_configuration(read_file(path, 1 << 20), path);
}

/// What a cluster has said before and after `havc move`, and what had happened in between.
TEST_CASE("a move is told by what the nodes remember of it", "[change]") {
  struct Row {
    const char* before;
    const char* after;
    const char* from;
    const char* to;
    Way way;
  };
  const auto row =
      GENERATE(Row{"0-before", "1-live", "n3", "n1", Way::live},
               Row{"1-live", "2-failed-to", "n1", "n2", Way::restarted},
               Row{"2-failed-to", "3-failed-to", "n2", "n3", Way::restarted},
               Row{"3-failed-to", "4-failed-from", "n3", "n1", Way::restarted},
               Row{"4-failed-from", "5-cold", "n1", "n2", Way::restarted},
               Row{"1-live", "1-live", "n3", "n1", Way::unknown},       // long ago
               Row{"2-failed-to", "1-live", "n1", "n2", Way::unknown},  // forgotten since
               Row{"0-before", "2-failed-to", "n3", "n1", Way::unknown});
  INFO(row.before << " to " << row.after);
  CHECK(way_of(recorded(row.before), recorded(row.after), "WEB-11_intranet", row.from, row.to) ==
        row.way);
}

TEST_CASE("another machine's migration says nothing", "[change]") {
  CHECK(way_of(recorded("0-before"), recorded("1-live"), "WEB-10_intranet", "n3", "n1") ==
        Way::unknown);
}

TEST_CASE("without the nodes' history it is not known how a machine came", "[change]") {
  CHECK(way_of(recorded("0-before"), {}, "WEB-11_intranet", "n3", "n1") == Way::unknown);
}

}  // namespace
