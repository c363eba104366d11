#include "change/merge.h"

#include "base/error.h"
#include "support/catch.h"
#include "xml/document.h"

namespace {

using namespace havc::change;
using Catch::Matchers::Contains;
using Lines = std::vector<std::string>;

std::string cib(const std::string& resources, const std::string& constraints = "",
                const std::string& more = "") {
  return "<cib admin_epoch=\"0\" epoch=\"7\" num_updates=\"5\" crm_feature_set=\"3.16.1\" "
         "validate-with=\"pacemaker-3.0\"><configuration><crm_config/><nodes><node id=\"1\" "
         "uname=\"n1\"/></nodes><resources>" +
         resources + "</resources><constraints>" + constraints + "</constraints>" + more +
         "</configuration><status><node_state id=\"1\"/></status></cib>";
}

std::string piece(const std::string& section, const std::string& element) {
  return "<cib><configuration><" + section + ">" + element + "</" + section +
         "></configuration></cib>";
}

std::string vm(const std::string& sets) {
  return "<primitive id=\"WEB_a\" class=\"ocf\" provider=\"havc\" type=\"LibvirtQemu\">" + sets +
         "</primitive>";
}

std::string meta(const std::string& pairs) {
  return "<meta_attributes id=\"WEB_a-meta\">" + pairs + "</meta_attributes>";
}

std::string pair(const std::string& name, const std::string& value, const std::string& id = "") {
  return "<nvpair id=\"" + (id.empty() ? "WEB_a-" + name : id) + "\" name=\"" + name +
         "\" value=\"" + value + "\"/>";
}

std::string prefers(const std::string& id, const std::string& node, int score = 1000) {
  return "<rsc_location id=\"" + id + "\" rsc=\"WEB_a\" node=\"" + node + "\" score=\"" +
         std::to_string(score) + "\"/>";
}

Request wish(const std::string& primitive, const std::string& full = "",
             const std::string& constraints = "", const std::string& all_constraints = "") {
  Request request;
  request.vms.push_back(
      {.id = "WEB_a",
       .pieces = {piece("resources", primitive), piece("constraints", constraints)},
       .full = {piece("resources", full.empty() ? primitive : full),
                piece("constraints", constraints + all_constraints)}});
  return request;
}

Merge merged(const std::string& before, const Request& request) {
  auto result = merge(before, "test", request);
  for (const auto& problem : result.problems) INFO(problem.what());
  REQUIRE(result.problems.empty());
  // Whatever was done: doing it again is nothing.
  const auto again = merge(result.cib, "test", request);
  CHECK(again.cib == result.cib);
  return result;
}

TEST_CASE("a machine comes with its constraints, one epoch later", "[change]") {
  const auto result =
      merged(cib(""), wish(vm(meta(pair("priority", "1"))), "", prefers("WEB_a-p", "n1")));
  CHECK(result.vms.at("WEB_a").added);
  CHECK(result.vms.at("WEB_a").changed == Lines{"prefers n1"});
  const auto document = havc::xml::Document::parse(result.cib, "result");
  CHECK(document.root().attribute("epoch") == "8");
  CHECK(document.root().attribute("num_updates") == "0");
  CHECK(document.root().child("status")->child("node_state"));
  CHECK_THAT(result.cib, Contains("<rsc_location id=\"WEB_a-p\""));
  CHECK_THAT(result.configuration, !Contains("<status"));
}

TEST_CASE("a large state stays as it is, byte for byte", "[change]") {
  std::string state = "<status><node_state id=\"1\"/>";
  for (int i = 0; i < 5000; ++i) state += "<lrm_rsc_op\n  id='" + std::to_string(i) + "' />";
  state += "</status>";
  std::string before = cib("");
  before.replace(before.find("<status>"), std::string::npos, state + "</cib>");
  const auto after = merged(before, wish(vm("")));
  CHECK_THAT(after.cib, Contains("epoch=\"8\"") && Contains("<primitive id=\"WEB_a\"") &&
                            Contains(state + "\n</cib>"));
  CHECK(after.configuration.find("status") == std::string::npos);
  CHECK_THAT(after.configuration, Contains("<primitive id=\"WEB_a\""));
}

TEST_CASE("what says the same already stays as it is, byte for byte", "[change]") {
  const std::string before =
      cib(vm("\n  <!-- by hand -->" + meta(pair("priority", "1", "other-id"))),
          prefers("WEB_a-p", "n1"));
  const auto result =
      merged(before, wish(vm(meta(pair("priority", "1"))), "", prefers("WEB_a-p", "n1")));
  CHECK(result.cib == before);
  CHECK(result.vms.at("WEB_a").changed.empty());
}

TEST_CASE("a value that the file has no more goes, and one that somebody else put there stays",
          "[change]") {
  const auto result = merged(
      cib(vm(meta(pair("priority", "1") + pair("email", "a@b") + pair("dropped", "x") +
                  pair("failure-timeout", "60", "WEB_a-meta-failure-timeout")))),
      wish(vm(meta(pair("priority", "1"))), vm(meta(pair("priority", "0") + pair("email", "0")))));
  CHECK(result.vms.at("WEB_a").changed == Lines{"email a@b -> none", "dropped x -> none"});
  CHECK(result.vms.at("WEB_a").kept == Lines{"meta failure-timeout=60"});
  CHECK_THAT(result.cib, Contains("failure-timeout") && !Contains("email") && !Contains("dropped"));
}

TEST_CASE("values are found by their names, whoever gave them their ids", "[change]") {
  const auto result = merged(
      cib(vm("<meta_attributes id=\"WEB_a-meta_attributes\">" +
             pair("priority", "1", "WEB_a-meta_attributes-priority") + "</meta_attributes>")),
      wish(vm(meta(pair("priority", "2") + pair("target-role", "Stopped")))));
  CHECK(result.vms.at("WEB_a").changed == Lines{"priority 1 -> 2", "target-role none -> Stopped"});
  CHECK_THAT(result.cib, !Contains("id=\"WEB_a-meta\""));
}

TEST_CASE("a set with a rule is somebody else's", "[change]") {
  const std::string sometimes =
      "<meta_attributes id=\"night\"><rule id=\"r\" score=\"1\" boolean-op=\"or\"/>" +
      pair("priority", "9", "night-priority") + "</meta_attributes>";
  const auto result = merged(cib(vm(sometimes)), wish(vm(meta(pair("priority", "2")))));
  CHECK_THAT(result.cib, Contains("value=\"9\"") && Contains("value=\"2\""));
}

TEST_CASE("operations are known by name and interval", "[change]") {
  const auto operations = [](const std::string& all) {
    return vm("<operations>" + all + "</operations>");
  };
  const auto result =
      merged(cib(operations("<op id=\"WEB_a-stop-0s\" name=\"stop\" interval=\"0s\" timeout=\"90\" "
                            "on-fail=\"block\"/><op id=\"m\" name=\"monitor\" interval=\"1min\"/>"
                            "<op id=\"WEB_a-notify\" name=\"notify\" interval=\"0\"/>")),
             wish(operations("<op id=\"WEB_a-stop\" name=\"stop\" interval=\"0\" timeout=\"120s\"/>"
                             "<op id=\"WEB_a-monitor\" name=\"monitor\" interval=\"10s\"/>")));
  CHECK(result.vms.at("WEB_a").changed == Lines{"stop timeout 90 -> 120s",
                                                "operation monitor every 10s added",
                                                "operation notify removed"});
  CHECK(result.vms.at("WEB_a").kept == Lines{"operation monitor every 1min"});
  CHECK_THAT(result.cib, Contains("on-fail=\"block\"") && Contains("interval=\"0s\""));
}

TEST_CASE("times that are the same in other words are the same", "[change]") {
  const std::string before =
      cib(vm("<operations><op id=\"WEB_a-stop\" name=\"stop\" interval=\"0\" "
             "timeout=\"2min\"/></operations>"));
  const auto result = merged(before, wish(vm("<operations><op id=\"WEB_a-stop\" name=\"stop\" "
                                             "interval=\"0s\" timeout=\"120\"/></operations>")));
  CHECK(result.cib == before);
}

TEST_CASE("preferences follow the file, and what others prefer stays", "[change]") {
  const auto result = merged(cib(vm(""), prefers("WEB_a-p", "n1") + prefers("WEB_a-p2", "n2", 500) +
                                             prefers("cli-prefer-WEB_a", "n3")),
                             wish(vm(""), "", prefers("WEB_a-p", "n4"), prefers("WEB_a-p2", "0")));
  CHECK(result.vms.at("WEB_a").changed == Lines{"prefers n1, n2 -> n4"});
  CHECK(result.vms.at("WEB_a").kept == Lines{"constraint 'cli-prefer-WEB_a'"});
  CHECK_THAT(result.cib, Contains("cli-prefer-WEB_a") && !Contains("WEB_a-p2"));
}

TEST_CASE("tags follow the file; an empty one goes, and those that no file can have stay",
          "[change]") {
  auto request = wish(vm(""));
  request.vms[0].tags = {"db"};
  const auto result = merged(
      cib(vm("") + "<primitive id=\"DB_a\" class=\"ocf\" provider=\"havc\" type=\"LibvirtQemu\"/>",
          "",
          "<tags><tag id=\"web\"><obj_ref id=\"WEB_a\"/></tag><tag id=\"all\"><obj_ref "
          "id=\"WEB_a\"/><obj_ref id=\"DB_a\"/></tag><tag id=\"MINE\"><obj_ref "
          "id=\"WEB_a\"/></tag></tags>"),
      request);
  CHECK(result.vms.at("WEB_a").changed ==
        Lines{"tag db added", "tag all removed", "tag web removed"});
  CHECK(result.vms.at("WEB_a").kept == Lines{"tag MINE"});
  CHECK_THAT(result.cib, !Contains("\"web\"") && Contains("\"DB_a\"") && Contains("\"db\""));
}

TEST_CASE("an id that is somebody else's is not taken", "[change]") {
  const auto same =
      merge(cib("<group id=\"WEB_a\"><primitive id=\"x\"/></group>"), "test", wish(vm("")));
  REQUIRE(same.problems.size() == 1);
  CHECK_THAT(same.problems[0].problem(), Contains("has 'WEB_a' as a group"));
  const auto inner =
      merge(cib("<primitive id=\"WEB_a-meta\"/>"), "test", wish(vm(meta(pair("priority", "1")))));
  REQUIRE(inner.problems.size() == 1);
  CHECK_THAT(inner.problems[0].problem(), Contains("'WEB_a-meta'"));
}

TEST_CASE("a resource of another agent is not made a machine", "[change]") {
  const auto result = merge(
      cib("<primitive id=\"WEB_a\" class=\"ocf\" provider=\"heartbeat\" type=\"VirtualDomain\"/>"),
      "test", wish(vm("")));
  REQUIRE(result.problems.size() == 1);
  CHECK_THAT(result.problems[0].what(), Contains("VirtualDomain") && Contains("CONVERTING"));
}

TEST_CASE("nodes get their capacity, and one that is not there is told", "[change]") {
  Request request;
  request.utilization = {{"n1", {{"cpu", "8"}, {"memory", "1024"}}}, {"n9", {{"cpu", "8"}}}};
  const auto result = merged(cib(""), request);
  CHECK(result.cluster.changed == Lines{"node 'n1': cpus 8", "node 'n1': memory 1024 MiB"});
  CHECK(result.notes == Lines{"the cluster does not know node 'n9' yet"});
  CHECK_THAT(result.cib, Contains("<utilization id=\"nodes-1-utilization\">"));
}

TEST_CASE("options are set by name, and all others stay", "[change]") {
  Request request;
  request.cluster = {piece("crm_config", "<cluster_property_set id=\"cib-bootstrap-options\">" +
                                             pair("batch-limit", "24", "b") +
                                             "</cluster_property_set>")};
  std::string before = cib("");
  before.replace(before.find("<crm_config/>"), 13,
                 "<crm_config><cluster_property_set id=\"mine\">" +
                     pair("batch-limit", "9", "m-b") + pair("stonith-enabled", "true", "m-s") +
                     "</cluster_property_set></crm_config>");
  const auto result = merged(before, request);
  CHECK(result.cluster.changed == Lines{"batch-limit 9 -> 24"});
  CHECK_THAT(result.cib, Contains("stonith-enabled") && Contains("m-b"));
}

TEST_CASE("stopping sets the target role alone", "[change]") {
  Request request;
  request.stop = {"WEB_a", "NOT_there"};
  const auto result = merged(cib(vm(meta(pair("target-role", "Started")))), request);
  CHECK(result.vms.at("WEB_a").changed == Lines{"target-role Started -> Stopped"});
}

TEST_CASE("a machine goes with its constraints and its places in tags", "[change]") {
  const auto result = removal_of(
      cib(vm("") + "<primitive id=\"DB_a\"/>",
          prefers("WEB_a-p", "n1") + prefers("cli-ban-WEB_a", "n1") +
              "<rsc_order id=\"o\" first=\"DB_a\" then=\"WEB_a\"/><rsc_location id=\"other\" "
              "rsc=\"DB_a\" node=\"n1\" score=\"1\"/>",
          "<tags><tag id=\"web\"><obj_ref id=\"WEB_a\"/></tag></tags>"),
      {"WEB_a"});
  CHECK(result.problems.empty());
  CHECK(result.vms.at("WEB_a").changed ==
        Lines{"constraint 'cli-ban-WEB_a' goes with it", "constraint 'o' goes with it"});
  CHECK_THAT(result.cib, !Contains("WEB_a") && Contains("\"other\"") && !Contains("tag"));
}

TEST_CASE("what others are part of is not broken by a removal", "[change]") {
  const std::string group = "<group id=\"g\">" + vm("") + "</group>";
  const std::string set =
      "<rsc_order id=\"o\"><resource_set id=\"s\"><resource_ref id=\"WEB_a\"/><resource_ref "
      "id=\"DB_a\"/></resource_set></rsc_order>";
  const std::string tag = "<tags><tag id=\"web\"><obj_ref id=\"WEB_a\"/></tag></tags>";
  const std::string by_tag = "<rsc_location id=\"t\" rsc=\"web\" node=\"n1\" score=\"1\"/>";
  const std::string shared =
      "<primitive id=\"DB_a\"><meta_attributes id-ref=\"WEB_a-meta\"/></primitive>";
  const auto [before, why] = GENERATE_COPY(table<std::string, std::string>({
      {cib(group), "it is in group 'g'"},
      {cib(vm(""), set), "constraint 'o' names others, too"},
      {cib(vm(""), by_tag, tag), "is the last with tag 'web'"},
      {cib(vm(meta("")) + shared), "'DB_a' refers to 'WEB_a-meta'"},
  }));
  const auto result = removal_of(before, {"WEB_a"});
  REQUIRE(result.problems.size() == 1);
  CHECK_THAT(result.problems[0].problem(), Contains(why));
  CHECK(result.cib == before);
}

TEST_CASE("what is no CIB is refused", "[change]") {
  for (const auto* text : {"<cib/>", "<cib epoch='1'><configuration/></cib>", "no XML"})
    CHECK_THROWS_AS(merge(text, "file", {}), havc::Error);
}

}  // namespace
