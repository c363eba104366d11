#include "cluster/configuration.h"

#include "base/error.h"
#include "base/file.h"
#include "cluster/status.h"
#include "support/catch.h"

namespace {

using namespace havc::cluster;
using Catch::Matchers::Contains;
using namespace std::chrono_literals;

Configuration reading(const std::string& resources, const std::string& constraints = "",
                      const std::string& status = "") {
  return parse_configuration(
      "<cib admin_epoch='1' epoch='20' "
      "num_updates='3'><configuration><crm_config/><nodes/><resources>" +
          resources + "</resources><constraints>" + constraints + "</constraints></configuration>" +
          status + "</cib>",
      "test.cib");
}

const std::string kVm = "<primitive id='web' class='ocf' provider='havc' type='LibvirtQemu'/>";

TEST_CASE("the configuration of a real cluster is read", "[cluster]") {
  const auto configuration = parse_configuration(
      havc::read_file(HAVC_GOLDEN_DIR "/cluster/started.cib", 1 << 20), "started.cib");
  CHECK(configuration.feature_set == "3.16.1");
  CHECK(configuration.options.at("stonith-enabled") == "true");
  CHECK(configuration.nodes.size() == 3);
  REQUIRE(configuration.vms.size() == 1);
  const Primitive& vm = configuration.vms.front();
  CHECK(vm.id == "WEB-01_intranet");
  CHECK(vm.agent == "ocf:custom:LibvirtQemu");
  CHECK(vm.parameters.at("config") == "/srv/havc/xml/WEB-01_intranet.xml");
  CHECK(vm.meta.at("priority") == "10");
  CHECK(vm.utilization.at("host_memory") == "64");
  CHECK(configuration.timeout(vm, "stop") == 90s);
  CHECK(configuration.locations.size() == 4);
  CHECK(configuration.migrations.empty());
}

TEST_CASE("what a move leaves behind is told from other constraints", "[cluster]") {
  const auto configuration = parse_configuration(
      havc::read_file(HAVC_GOLDEN_DIR "/cluster/started-after-move.cib", 1 << 20), "moved.cib");
  std::string leftovers;
  for (const auto& each : configuration.locations)
    leftovers += each.leftover ? each.id + " " + each.node : "";
  CHECK(leftovers == "cli-prefer-WEB-01_intranet n2");
  CHECK(configuration.migrations.empty());
}

TEST_CASE("a migration is known until its source is stopped", "[cluster]") {
  const auto name = GENERATE("migrating", "migrating-arrives", "migrating-source-ends");
  const auto path = std::string(HAVC_GOLDEN_DIR "/cluster/") + name + ".cib";
  const auto configuration = parse_configuration(havc::read_file(path, 1 << 20), path);
  REQUIRE(configuration.migrations.size() == 1);
  CHECK(configuration.migrations.front().from == "n1");
  CHECK(configuration.migrations.front().to == "n2");
}

std::string node_state(const std::string& node, const std::string& operations) {
  return "<node_state uname='" + node + "'><lrm><lrm_resources><lrm_resource id='web'>" +
         operations + "</lrm_resource></lrm_resources></lrm></node_state>";
}

std::string operation(const std::string& name, int call, int time, const std::string& more = "") {
  return "<lrm_rsc_op operation='" + name + "' call-id='" + std::to_string(call) +
         "' op-status='0' rc-code='0' last-rc-change='" + std::to_string(time) + "' " + more + "/>";
}

TEST_CASE("a migration that the target was never asked about is stranded", "[cluster]") {
  const auto source =
      node_state("n1", operation("migrate_to", 62, 120, "migrate_source='n1' migrate_target='n2'") +
                           operation("stop", 63, 121));
  const auto row = GENERATE(table<std::string, std::size_t>({
      {node_state("n2", operation("stop", 47, 106)), 1},
      {node_state("n2", operation("stop", 47, 106) + operation("migrate_from", 48, 121)), 0},
      {"", 0},
  }));
  const auto configuration = reading(kVm, "", "<status>" + source + std::get<0>(row) + "</status>");
  CHECK(configuration.migrations.empty());
  REQUIRE(configuration.stranded.size() == std::get<1>(row));
  for (const auto& each : configuration.stranded) CHECK(each.to == "n2");
}

TEST_CASE("a guest that Pacemaker lost sight of on a lab is stranded", "[cluster]") {
  // What Pacemaker decided upon: guest migrated n1 to n2, back, to n2 again, n2 banned meanwhile.
  const auto configuration = parse_configuration(
      havc::read_file(HAVC_GOLDEN_DIR "/cluster/lost-sight.cib", 1 << 20), "lost-sight.cib");
  REQUIRE(configuration.stranded.size() == 1);
  CHECK(configuration.stranded.front().to == "n2");
}

TEST_CASE("other resources, fence devices and what they are in are read", "[cluster]") {
  const auto configuration = reading(
      kVm +
      "<clone id='pings'><meta_attributes id='m'><nvpair id='n' name='interleave' value='1'/>"
      "</meta_attributes><primitive id='ping' class='ocf' provider='pacemaker' type='ping'/>"
      "</clone><primitive id='fence' class='stonith' type='fence_ibmbc'/>");
  CHECK(configuration.vms.size() == 1);
  REQUIRE(configuration.others.size() == 2);
  CHECK(configuration.others[0].agent == "ocf:pacemaker:ping");
  CHECK(configuration.others[0].parents == std::vector<std::string>{"pings"});
  CHECK(configuration.others[1].agent == "stonith:fence_ibmbc");
  REQUIRE(configuration.container("pings") != nullptr);
  CHECK(configuration.container("pings")->kind == "clone");
  CHECK(configuration.container("pings")->meta == Values{{"interleave", "1"}});
}

TEST_CASE("what an operation says beside its timeout is read", "[cluster]") {
  const auto configuration = reading(
      "<primitive id='web' class='ocf' provider='havc' type='LibvirtQemu'><operations>"
      "<op id='s' name='stop' interval='0' on-fail='ignore'><meta_attributes id='m'>"
      "<nvpair id='n' name='record-pending' value='false'/></meta_attributes></op></operations>"
      "</primitive>");
  CHECK(configuration.vms.at(0).operations.at(0).meta ==
        Values{{"on-fail", "ignore"}, {"record-pending", "false"}});
}

TEST_CASE("a location knows the nodes' attributes that its rules ask for", "[cluster]") {
  const auto configuration =
      reading(kVm,
              "<rsc_location id='l' rsc='web'><rule id='r' score='-INFINITY' boolean-op='or'>"
              "<expression id='1' attribute='pingd' operation='not_defined'/>"
              "<expression id='2' attribute='pingd' operation='lte' value='0'/><rule id='s'>"
              "<expression id='3' attribute='rack' operation='eq' value='1'/>"
              "<expression id='4' attribute='#uname' operation='eq' value='n1'/></rule></rule>"
              "</rsc_location>");
  CHECK(configuration.locations.at(0).attributes == std::vector<std::string>{"pingd", "rack"});
  CHECK(configuration.locations.at(0).required == std::vector<std::string>{"pingd"});
}

TEST_CASE("an attribute is required where a rule bans every node without it", "[cluster]") {
  const auto [rule, required] = GENERATE(table<std::string, bool>({
      {"score='-INFINITY' boolean-op='or'", true},
      {"score='-INFINITY'", false},  // and
      {"score='-100' boolean-op='or'", false},
      {"score='INFINITY' boolean-op='or'", false},
  }));
  const auto configuration =
      reading(kVm, "<rsc_location id='l' rsc='web'><rule id='r' " + rule +
                       "><expression id='1' attribute='pingd' operation='not_defined'/>"
                       "<expression id='2' attribute='#kind' operation='not_defined'/>"
                       "</rule></rsc_location>");
  CHECK(configuration.locations.at(0).required.empty() == !required);
}

TEST_CASE("a node's attributes until it leaves are read, and who has said nothing is not there",
          "[cluster]") {
  const auto configuration = reading(
      kVm, "",
      "<status><node_state uname='n1'><transient_attributes id='1'><instance_attributes id='2'>"
      "<nvpair id='3' name='pingd' value='1'/></instance_attributes></transient_attributes>"
      "</node_state><node_state uname='n2'/></status>");
  CHECK(configuration.transient == std::map<std::string, std::set<std::string>>{{"n1", {"pingd"}}});
}

TEST_CASE("the order of fence devices is read", "[cluster]") {
  const auto configuration = parse_configuration(
      "<cib admin_epoch='1' epoch='20' num_updates='3'><configuration><crm_config/><nodes/>"
      "<resources/><constraints/><fencing-topology><fencing-level id='1' target='n1' index='2' "
      "devices='ipmi,pdu'/></fencing-topology></configuration></cib>",
      "test.cib");
  REQUIRE(configuration.fencing_levels.size() == 1);
  CHECK(configuration.fencing_levels[0].target == "n1");
  CHECK(configuration.fencing_levels[0].index == "2");
  CHECK(configuration.fencing_levels[0].devices == std::vector<std::string>{"ipmi", "pdu"});
}

TEST_CASE("versions are compared by their epochs first", "[cluster]") {
  CHECK(reading("").version == Version{1, 20, 3});
  CHECK(Version{0, 20, 3} < Version{1, 0, 0});
  CHECK(Version{1, 19, 30} < Version{1, 20, 0});
  CHECK(Version{1, 20, 3}.text() == "1.20.3");
}

TEST_CASE("a primitive's own values come before its template's", "[cluster]") {
  const auto configuration = reading(
      "<template id='t' class='ocf' provider='havc' type='LibvirtQemu'>"
      "<meta_attributes id='m1'><nvpair id='1' name='priority' value='1'/><nvpair id='2' name='x' "
      "value='y'/></meta_attributes>"
      "<operations><op id='o' name='stop' interval='0' timeout='5min'/></operations></template>"
      "<primitive id='web' template='t'><meta_attributes id='m2'><nvpair id='3' name='priority' "
      "value='2'/>"
      "</meta_attributes></primitive>");
  REQUIRE(configuration.vms.size() == 1);
  CHECK(configuration.vms[0].meta == Values{{"priority", "2"}, {"x", "y"}});
  CHECK(configuration.vms[0].agent == "ocf:havc:LibvirtQemu");
  CHECK(configuration.timeout(configuration.vms[0], "stop") == 5min);
}

TEST_CASE("sets are taken by score and by reference, and not where a rule decides", "[cluster]") {
  const auto configuration = reading(
      "<primitive id='web' class='ocf' provider='havc' type='LibvirtQemu'>"
      "<meta_attributes id='a'><nvpair id='1' name='k' value='low'/></meta_attributes>"
      "<meta_attributes id='b' score='10'><nvpair id='2' name='k' value='high'/></meta_attributes>"
      "<meta_attributes id='c' score='20'><rule id='r'/><nvpair id='3' name='k' "
      "value='sometimes'/></meta_attributes>"
      "</primitive><primitive id='db' class='ocf' provider='havc' "
      "type='LibvirtQemu'><meta_attributes id-ref='b'/></primitive>");
  CHECK(configuration.vm("web")->meta == Values{{"k", "high"}});
  CHECK(configuration.vm("web")->has_rules);
  CHECK(configuration.vm("db")->meta == Values{{"k", "high"}});
  CHECK_FALSE(configuration.vm("db")->has_rules);
}

TEST_CASE("virtual machines are found in groups, and nothing else is", "[cluster]") {
  const auto configuration =
      reading("<group id='g'>" + kVm +
              "<primitive id='x' class='ocf' provider='heartbeat' type='VirtualDomain'/></group>");
  REQUIRE(configuration.vms.size() == 1);
  CHECK(configuration.vms[0].parents == std::vector<std::string>{"g"});
}

TEST_CASE("a constraint with a lifetime is about its node until it expires", "[cluster]") {
  const auto configuration =
      reading(kVm,
              "<rsc_location id='cli-ban-web-on-n1' rsc='web'><rule id='r' score='-INFINITY' "
              "boolean-op='and'>"
              "<expression id='e' attribute='#uname' operation='eq' value='n1'/><date_expression "
              "id='d' operation='lt' end='2030-01-01'/>"
              "</rule></rsc_location><rsc_location id='other' rsc='db' node='n1' score='5'/>"
              "<rsc_location id='p' rsc-pattern='^w' node='n2' score='INFINITY'/>");
  REQUIRE(configuration.locations.size() == 2);
  CHECK(configuration.locations[0].node == "n1");
  CHECK(configuration.locations[0].score == -kInfinity);
  CHECK(configuration.locations[0].leftover);
  CHECK(configuration.locations[0].expires);
  CHECK(configuration.locations[1].pattern == "^w");
}

TEST_CASE("an operation without timeout has the default's", "[cluster]") {
  const auto configuration = reading(kVm);
  CHECK(configuration.timeout(configuration.vms[0], "start") == 20s);
}

TEST_CASE("Pacemaker's times have units", "[cluster]") {
  CHECK(duration("60") == 60s);
  CHECK(duration(" 90 s ") == 90s);
  CHECK(duration("1500ms") == 1500ms);
  CHECK(duration("2min") == 2min);
  CHECK(duration("1h") == 1h);
  CHECK_FALSE(duration("PT60S"));
  CHECK_FALSE(duration(""));
  CHECK_FALSE(duration("99999999999999999999s"));
}

TEST_CASE("what is no CIB is refused with the reason", "[cluster]") {
  CHECK_THROWS_WITH(parse_configuration("", "a.cib"), Contains("'a.cib' is empty"));
  CHECK_THROWS_WITH(parse_configuration("<crm_mon/>", "a.cib"),
                    Contains("is no CIB: its root is <crm_mon>"));
  CHECK_THROWS_WITH(parse_configuration("<cib/>", "a.cib"),
                    Contains("has no <configuration> in <cib>"));
  CHECK_THROWS_WITH(reading("<primitive id='a' template='t'/>"), Contains("has no template 't'"));
}

}  // namespace
