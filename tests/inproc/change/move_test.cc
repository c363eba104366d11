#include "change/move.h"

#include "model_cluster.h"
#include "support/catch.h"

namespace {

using namespace havc;
using namespace havc::change;
using Catch::Matchers::Contains;

/// What a node has done with "web": started it, or looked and found nothing.
std::string history(const std::string& node, bool started) {
  const std::string operation = started ? "start" : "monitor";
  const std::string code = started ? "0" : "7";
  const std::string key = "1:1:" + code + ":00000000-0000-0000-0000-00000000000" + node;
  return R"(<node_state id=")" + node + R"(" uname="n)" + node +
         R"(" in_ccm="true" crmd="online" join="member" expected="member"><lrm id=")" + node +
         R"("><lrm_resources><lrm_resource id="web" type="LibvirtQemu" class="ocf" provider="havc">)" +
         R"(<lrm_rsc_op id="web_last_0" operation_key="web_)" + operation + R"(_0" operation=")" +
         operation + R"(" crm_feature_set="3.16.1" transition-key=")" + key +
         R"(" transition-magic="0:)" + code + ";" + key + R"(" call-id="5" rc-code=")" + code +
         R"(" op-status="0" interval="0"/></lrm_resource></lrm_resources></lrm></node_state>)";
}

/// "web" runs on n1, with these constraints.
std::string cib(const std::string& constraints = {}) {
  return R"(<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.0" admin_epoch="0" epoch="7")"
         R"( num_updates="0" have-quorum="1" dc-uuid="1"><configuration><crm_config>)"
         R"(<cluster_property_set id="o"><nvpair id="o-s" name="stonith-enabled" value="false"/>)"
         R"(</cluster_property_set></crm_config><nodes><node id="1" uname="n1"/>)"
         R"(<node id="2" uname="n2"/><node id="3" uname="n3"/></nodes><resources>)"
         R"(<primitive id="web" class="ocf" provider="havc" type="LibvirtQemu">)"
         R"(<meta_attributes id="m"><nvpair id="m-a" name="allow-migrate" value="true"/>)"
         R"(<nvpair id="m-s" name="resource-stickiness" value="100"/></meta_attributes>)"
         R"(</primitive></resources><constraints>)" +
         constraints + "</constraints></configuration><status>" + history("1", true) +
         history("2", false) + history("3", false) + "</status></cib>";
}

cluster::Status status() {
  cluster::Status status{.dc = "n1", .quorate = true};
  for (const auto* name : {"n1", "n2", "n3"})
    status.nodes.push_back({.name = name, .online = true});
  status.resources.push_back({.id = "web", .role = "Started", .nodes = {"n1"}, .active = true});
  return status;
}

MovePlan plan(const std::string& to, const std::string& constraints = {}) {
  return plan_move(cib(constraints), status(), "web", to,
                   Deadline::after(system_clock(), std::chrono::seconds(60)));
}

TEST_CASE("a move is planned by what Pacemaker would do", "[change]") {
  const auto move = plan("n3");
  CHECK(move.from == "n1");
  CHECK(move.to == "n3");
  CHECK(move.live);
  CHECK(move.others.empty());
  CHECK(move.afterwards.empty());
  CHECK_NOTHROW(check_move(move));
}

TEST_CASE("without a node, a machine goes where Pacemaker likes", "[change]") {
  CHECK(plan("").to != "n1");
}

TEST_CASE("a machine that would move back is not moved", "[change]") {
  const auto move = plan("n3", R"(<rsc_location id="p" rsc="web" node="n1" score="1000"/>)");
  CHECK_THAT(move.afterwards, Contains("n3 -> n1"));
  CHECK_THROWS_WITH(check_move(move), Contains("would not stay on n3") && Contains("--even-so"));
}

TEST_CASE("a machine is not moved where Pacemaker does not let it", "[change]") {
  CHECK_THROWS_WITH(plan("n3", R"(<rsc_location id="b" rsc="web" node="n3" score="-INFINITY"/>)"),
                    Contains("Pacemaker would not move 'web' from n1 to n3"));
}

TEST_CASE("a machine that does not run is not moved", "[change]") {
  auto stopped = status();
  stopped.resources.front() = {.id = "web", .role = "Stopped"};
  CHECK_THROWS_WITH(plan_move(cib(), stopped, "web", "n3",
                              Deadline::after(system_clock(), std::chrono::seconds(60))),
                    Contains("only what runs quietly on one node can be moved"));
}

}  // namespace
