#include "change/simulate.h"

#include "base/clock.h"
#include "support/catch.h"

namespace {

using namespace havc::change;
using Catch::Matchers::Contains;

havc::Deadline soon() {
  return havc::Deadline::after(havc::system_clock(), std::chrono::minutes(1));
}

std::string answer(const std::string& actions) {
  return "<pacemaker-result><actions>" + actions +
         "</actions><status code=\"0\" message=\"OK\"/></pacemaker-result>";
}

std::string cib(const std::string& feature_set, const std::string& options) {
  return "<cib admin_epoch=\"0\" epoch=\"1\" num_updates=\"0\" crm_feature_set=\"" + feature_set +
         "\" validate-with=\"pacemaker-3.0\"><configuration><crm_config>"
         "<cluster_property_set id=\"o\">" +
         options +
         "</cluster_property_set></crm_config><nodes/><resources/><constraints/></configuration>"
         "<status/></cib>";
}

// As crm_simulate 2.1.5 said them.
TEST_CASE("each of Pacemaker's actions is told in words", "[change]") {
  const auto [action, words] = GENERATE(table<std::string, std::string>({
      {R"(<rsc_action action="start" resource="a" node="n1"/>)", "starts on n1"},
      {R"(<rsc_action action="stop" resource="a" node="n1" reason="node availability"/>)",
       "stops on n1 (node availability)"},
      {R"(<rsc_action action="migrate" resource="a" source="n1" dest="n2"/>)",
       "moves n1 -> n2 (live)"},
      {R"(<rsc_action action="move" resource="a" source="n1" dest="n2"/>)",
       "moves n1 -> n2 (stopped and started)"},
      {R"(<rsc_action action="restart" resource="a" source="n1" reason="resource definition change"/>)",
       "restarts on n1 (resource definition change)"},
      {R"(<rsc_action action="reload" resource="a" source="n1"/>)",
       "is told its new parameters on n1"},
      {R"(<rsc_action action="recover" resource="a" node="n1"/>)", "is recovered on n1"},
      {R"(<rsc_action action="stop" resource="a" node="n1" blocked="true"/>)",
       "stops on n1, but is blocked"},
      {R"(<rsc_action action="invented" resource="a" node="n1"/>)", "invented on n1"},
  }));
  const auto simulation = parse_simulation(answer(action));
  REQUIRE(simulation.actions.size() == 1);
  CHECK(simulation.actions[0].resource == "a");
  CHECK(simulation.actions[0].words() == words);
}

TEST_CASE("fencing is told", "[change]") {
  const auto simulation = parse_simulation(
      answer(R"x(<node_action task="Fence (reboot)" node="n4" reason="it is lost"/>)x"));
  CHECK(simulation.nodes == std::vector<std::string>{"fence (reboot) n4: it is lost"});
}

TEST_CASE("an answer that is none is refused", "[change]") {
  CHECK_THROWS_AS(parse_simulation("<other/>"), havc::Error);
  CHECK_THROWS_WITH(
      parse_simulation("<pacemaker-result><status code=\"1\" message=\"no\"/></pacemaker-result>"),
      Contains("crm_simulate: no"));
}

TEST_CASE("crm_verify's words are told without what is for programmers", "[change]") {
  const auto words =
      verify(cib("3.16.1", R"(<nvpair id="s" name="stonith-enabled" value="maybe"/>)"), soon());
  REQUIRE(!words.empty());
  CHECK_THAT(words[0], Contains("'stonith-enabled' because 'maybe' is invalid"));
  CHECK_THAT(words[0], !Contains("("));
  CHECK(verify(cib("3.16.1", R"(<nvpair id="s" name="stonith-enabled" value="false"/>)"), soon())
            .empty());
}

TEST_CASE("a configuration that is none for Pacemaker's schema is told with the element",
          "[change]") {
  const auto words = verify(cib("3.16.1", "<odd/>"), soon());
  REQUIRE(!words.empty());
  CHECK_THAT(words[0], Contains("odd"));
}

TEST_CASE("nothing is said of a newer Pacemaker's configuration", "[change]") {
  CHECK_THROWS_WITH(simulate(cib("9.0.0", ""), soon()),
                    Contains("is newer than the one here") && Contains("run havc on a node"));
}

TEST_CASE("a deadline ends it", "[change]") {
  const auto now = havc::Deadline::after(havc::system_clock(), std::chrono::seconds(0));
  CHECK_THROWS_AS(simulate(cib("3.16.1", ""), now), havc::Error);
}

TEST_CASE("a definition that libvirt would refuse is named, and others are not", "[change]") {
  const std::string good =
      "<domain type='kvm'><name>a</name><memory>1024</memory><os><type>hvm</type></os></domain>";
  const auto problems = check_definitions(
      {{"/etc/good.xml", good}, {"/etc/bad.xml", "<domain type='kvm'><nam>a</nam></domain>"}},
      soon());
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0].problem(), Contains("'/etc/bad.xml'"));
  CHECK(check_definitions({{"/etc/good.xml", good}}, soon()).empty());
}

}  // namespace
