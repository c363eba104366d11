#include "cluster/status.h"

#include "base/error.h"
#include "support/catch.h"

namespace {

using namespace havc::cluster;
using Catch::Matchers::Contains;

const std::string kDc = "<current_dc present='true' name='n1' with_quorum='true'/>";
const std::string kOptions =
    "<cluster_options stonith-enabled='true' symmetric-cluster='true' no-quorum-policy='stop' "
    "maintenance-mode='false'/>";
const std::string kDone = "<status code='0' message='OK'/>";

std::string printed(const std::string& more, const std::string& dc = kDc) {
  return "<pacemaker-result><summary>" + dc + kOptions + "</summary>" + more + kDone +
         "</pacemaker-result>";
}

Status reading(const std::string& more) {
  return parse_status(printed(more), "crm_mon");
}

std::string resource(const std::string& id, const std::string& more = "") {
  return "<resource id='" + id +
         "' resource_agent='ocf::havc:LibvirtQemu' role='Started' active='true' orphaned='false' "
         "managed='true' failed='false'>" +
         more + "</resource>";
}

TEST_CASE("elements and attributes that are not known are ignored", "[cluster]") {
  const auto status = reading("<nodes/><news colour='red'><resource/></news>");
  CHECK(status.dc == "n1");
  CHECK(status.quorate);
  CHECK(status.nodes.empty());
}

TEST_CASE("without a controller nobody has quorum", "[cluster]") {
  const auto status = parse_status(printed("<nodes/>", "<current_dc present='false'/>"), "crm_mon");
  CHECK_FALSE(status.dc);
  CHECK_FALSE(status.quorate);
}

TEST_CASE("a resource knows what it is in", "[cluster]") {
  const auto status = reading("<nodes/><resources><clone id='c'><group id='g'>" +
                              resource("web:0") + "</group></clone></resources>");
  REQUIRE(status.resource("web") != nullptr);
  CHECK(status.resource("web")->parents == std::vector<std::string>{"c", "g"});
  CHECK(status.resource("web")->agent == "ocf:havc:LibvirtQemu");
}

TEST_CASE("an operation that goes on is found as role and as attribute", "[cluster]") {
  const auto row = GENERATE(table<std::string, std::string, Pending>({
      {"Migrating", "", Pending::migrate},
      {"Started", "Stopping", Pending::stop},
      {"Stopped", "Starting", Pending::start},
      {"Started", "Monitoring", Pending::other},
      {"Started", "", Pending::none},
  }));
  const auto& [role, pending, expected] = row;
  std::string element = resource("web");
  element.replace(element.find("'Started'"), 9,
                  "'" + role + "'" + (pending.empty() ? "" : " pending='" + pending + "'"));
  CHECK(reading("<nodes/><resources>" + element + "</resources>").resource("web")->pending ==
        expected);
}

TEST_CASE("a failure's resource is what its key says before task and interval", "[cluster]") {
  const auto status = reading(
      "<nodes/><failures><failure op_key='a_migrate_to_0' node='n1' exitstatus='error' "
      "exitreason='&amp;apos;x&amp;apos; is &amp;amp;apos; '"
      " exitcode='1' task='migrate_to' interval='0'/></failures>");
  REQUIRE(status.failures.size() == 1);
  CHECK(status.failures[0].resource == "a");
  CHECK(status.failures[0].task == "migrate_to");
  CHECK(status.failures[0].reason == "'x' is &apos; ");
}

TEST_CASE("a fail count may be infinite", "[cluster]") {
  const auto status = reading(
      "<nodes/><node_history><node name='n1'><resource_history id='a' "
      "fail-count='INFINITY'/><resource_history id='b'/></node>"
      "</node_history>");
  REQUIRE(status.fail_counts.size() == 1);
  CHECK(status.fail_counts[0].count == kInfinity);
}

TEST_CASE("crm_mon without a cluster is not a cluster without resources", "[cluster]") {
  const std::string text =
      "<pacemaker-result><status code='102' message='Not "
      "connected'><errors/></status></pacemaker-result>";
  try {
    parse_status(text, "crm_mon on 'n1'");
    FAIL("not refused");
  } catch (const havc::Error& error) {
    CHECK(error.fault() == havc::Fault::unreachable);
    CHECK_THAT(error.problem(), Contains("Not connected"));
    CHECK_THAT(error.remedy(), Contains("start pacemaker"));
  }
}

TEST_CASE("what must be there and is not is named", "[cluster]") {
  const auto row = GENERATE(table<std::string, std::string>({
      {printed(""), "has no <nodes>"},
      {printed("<nodes><node/></nodes>"), "has no 'name' in <node>"},
      {printed("<nodes/>", ""), "has no <current_dc> in <summary>"},
      {printed("<nodes/>", "<current_dc present='perhaps'/>"), "present='perhaps'"},
      {printed("<nodes/><resources><resource id='a'/></resources>"),
       "has no 'resource_agent' in <resource>"},
      {"<pacemaker-result>" + kDone + "</pacemaker-result>", "has no <summary>"},
      {"<pacemaker-result/>", "has no <status>"},
      {" ", "is empty"},
      {"Stack: corosync", "is not XML"},
      {std::string((64 << 20) + 1, ' '), "longer than 64 MiB"},
  }));
  CHECK_THROWS_WITH(parse_status(std::get<0>(row), "crm_mon"), Contains(std::get<1>(row)));
}

TEST_CASE("a node takes nothing new for each of seven reasons", "[cluster]") {
  Node node{.name = "n1", .online = true};
  CHECK(node.ready());
  const auto reason = GENERATE(&Node::standby, &Node::standby_on_failure, &Node::maintenance,
                               &Node::pending, &Node::unclean, &Node::shutdown);
  node.*reason = true;
  CHECK_FALSE(node.ready());
  CHECK_FALSE(Node{.name = "n2"}.ready());
}

}  // namespace
