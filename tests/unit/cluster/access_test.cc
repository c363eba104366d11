#include "cluster/access.h"

#include "base/file.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temporary_folder.h"

#include <chrono>
#include <map>

using namespace std::chrono_literals;
using namespace havc::cluster;
using havc::Deadline;
using havc::Error;
using havc::Fault;
using havc::ProcessResult;
using havc::remote::Command;
using havc::remote::Host;

namespace {

Deadline soon() {
  return Deadline::after(havc::system_clock(), 60s);
}

std::string recording(const std::string& name) {
  return havc::read_file(std::string(HAVC_GOLDEN_DIR) + "/cluster/" + name, 1 << 20);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

/// Nodes that answer, by what is wrong with each.
class Nodes {
 public:
  enum class Trouble { none, unreachable, no_cluster, no_words, no_quorum };
  std::map<std::string, Trouble> troubles;
  std::map<std::string, std::chrono::seconds> shares;  ///< that each was given

  std::vector<Host> hosts() const {
    std::vector<Host> result;
    for (const auto& [name, trouble] : troubles) result.push_back({name, name, false});
    return result;
  }

  havc::remote::Run run() {
    return [this](const Host& host, const Command& command, Deadline deadline) {
      if (command.arguments[0] == kStatusProgram)  // both are asked at once
        shares[host.name] = std::chrono::ceil<std::chrono::seconds>(deadline.remaining());
      return answer(troubles.at(host.name), command.arguments[0] == kStatusProgram);
    };
  }

 private:
  static ProcessResult answer(Trouble trouble, bool status) {
    if (trouble == Trouble::unreachable) throw Error(Fault::unreachable, "it is away", "start it");
    if (trouble == Trouble::no_words) return {1, "", "crm_mon: broken\n"};
    if (trouble == Trouble::no_cluster)
      return status ? ProcessResult{102,
                                    "<pacemaker-result><status code='102' message='Not "
                                    "connected'/></pacemaker-result>",
                                    ""}
                    : ProcessResult{102, "", "Init failed\n"};
    std::string text = recording(status ? "started.xml" : "started.cib");
    if (trouble == Trouble::no_quorum && status)
      text = replaced(text, "with_quorum=\"true\"", "with_quorum=\"false\"");
    return {0, text, ""};
  }
};

}  // namespace

TEST_CASE("the first node that answers tells about the cluster", "[access]") {
  using enum Nodes::Trouble;
  const auto [nodes, who] = GENERATE(table<std::map<std::string, Nodes::Trouble>, std::string>({
      {{{"n1", none}, {"n2", none}}, "n1"},
      {{{"n1", unreachable}, {"n2", none}}, "n2"},
      {{{"n1", no_cluster}, {"n2", none}}, "n2"},
      {{{"n1", no_words}, {"n2", none}}, "n2"},
      {{{"n1", no_quorum}, {"n2", none}}, "n2"},
      {{{"n1", no_quorum}, {"n2", unreachable}, {"n3", no_quorum}}, "n1"},
  }));
  Nodes cluster{nodes, {}};
  const auto asked = ask(cluster.hosts(), cluster.run(), soon());
  CHECK(asked.source == who);
  CHECK(asked.host.name == who);
  CHECK(asked.status.resource("WEB-01_intranet") != nullptr);
  CHECK(asked.configuration.vm("WEB-01_intranet") != nullptr);
  CHECK(asked.configuration_text == recording("started.cib"));
}

TEST_CASE("when no node answers each says why", "[access]") {
  using enum Nodes::Trouble;
  Nodes cluster{{{"n1", unreachable}, {"n2", no_cluster}, {"n3", no_words}}, {}};
  try {
    ask(cluster.hosts(), cluster.run(), soon());
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::unreachable);
    CHECK(std::string(error.what()) ==
          "no node has told about the cluster:\n"
          "  n1: it is away; start it\n"
          "  n2: 'crm_mon on n2' knows of no cluster: Not connected; start pacemaker on this node, "
          "or ask another one\n"
          "  n3: 'crm_mon' on n3 failed with exit code 1: crm_mon: broken; see whether pacemaker "
          "runs there");
  }
}

TEST_CASE("each node has a fair share of the time, and the last all that is left", "[access]") {
  using enum Nodes::Trouble;
  havc::test::FakeClock clock;
  Nodes cluster{{{"n1", unreachable}, {"n2", unreachable}, {"n3", unreachable}}, {}};
  CHECK_THROWS_AS(ask(cluster.hosts(), cluster.run(), Deadline::after(clock, 60s)), Error);
  CHECK(cluster.shares ==
        std::map<std::string, std::chrono::seconds>{{"n1", 20s}, {"n2", 30s}, {"n3", 60s}});
}

TEST_CASE("a node that is asked at all has time for an answer", "[access]") {
  using enum Nodes::Trouble;
  havc::test::FakeClock clock;
  Nodes cluster;
  for (char letter = 'a'; letter < 'y'; ++letter) cluster.troubles[{letter}] = unreachable;
  CHECK_THROWS_AS(ask(cluster.hosts(), cluster.run(), Deadline::after(clock, 30s)), Error);
  CHECK(cluster.shares["a"] == 3s);
}

TEST_CASE("this machine is asked first if it is a node, and alone if there are none", "[access]") {
  havc::inventory::Cluster cluster;
  CHECK(candidates(cluster, "n2") == std::vector<Host>{{"n2", "", true}});
  for (const auto* name : {"n1", "n2", "n3"}) cluster.nodes.emplace_back().name.text = name;
  CHECK(candidates(cluster, "n2") ==
        std::vector<Host>{{"n2", "", true}, {"n1", "", false}, {"n3", "", false}});
  CHECK(candidates(cluster, "office") ==
        std::vector<Host>{{"n1", "", false}, {"n2", "", false}, {"n3", "", false}});
}

TEST_CASE("a file is read here, and crm_mon asked about it", "[access]") {
  const havc::test::TemporaryFolder folder;
  const auto path = folder.write("cib.xml", recording("started.cib"));
  Command asked_for;
  const auto run = [&](const Host& host, const Command& command, Deadline) {
    CHECK(host.here);
    asked_for = command;
    return ProcessResult{0, recording("started.xml"), ""};
  };
  const auto asked = ask_file(path, run, soon());
  CHECK(asked.source == path);
  CHECK(asked.configuration.vm("WEB-01_intranet") != nullptr);
  CHECK(asked.status.resource("WEB-01_intranet") != nullptr);
  CHECK(asked_for.arguments.back() == "--xml-file=/dev/stdin");
  CHECK(asked_for.input.find("<configuration") != std::string::npos);
}

TEST_CASE("a file that is none is refused by its name", "[access]") {
  const auto run = [](const Host&, const Command&, Deadline) { return ProcessResult{}; };
  CHECK_THROWS_WITH(ask_file("/nonexistent/cib.xml", run, soon()),
                    Catch::Contains("/nonexistent/cib.xml"));
}

TEST_CASE("a file that crm_mon cannot use is told in its words", "[access]") {
  const havc::test::TemporaryFolder folder;
  const auto path = folder.write("cib.xml", recording("started.cib"));
  const auto run = [](const Host&, const Command&, Deadline) {
    return ProcessResult{
        0,
        "<pacemaker-result><status code='0' message='OK'><errors><error>Update does not conform"
        "</error></errors></status></pacemaker-result>",
        ""};
  };
  CHECK_THROWS_WITH(ask_file(path, run, soon()), Catch::Contains("says: Update does not conform"));
}
