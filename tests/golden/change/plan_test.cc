// Plans for the inventory of ../inventory: everything is new; something changed; it is all there.
// Pacemaker's real tools look at each.
#include "change/plan.h"

#include "base/clock.h"
#include "base/file.h"
#include "change/difference.h"
#include "change/merge.h"
#include "change/simulate.h"
#include "change/told.h"
#include "cluster/configuration.h"
#include "inventory/read.h"
#include "support/catch.h"
#include "support/golden.h"

#include <algorithm>

namespace {

using namespace havc::change;
using havc::inventory::Wanted;
using havc::test::check_golden;

const std::string kSource = HAVC_SOURCE_DIR;
constexpr std::size_t kMostBytes = 1 << 20;

havc::Deadline soon() {
  return havc::Deadline::after(havc::system_clock(), std::chrono::minutes(2));
}

Wish wish() {
  auto reading = havc::inventory::read(kSource + "/tests/golden/inventory");
  for (const auto& problem : reading.problems) FAIL(problem.what());
  return {.inventory = std::move(reading.inventory)};
}

havc::inventory::Vm& vm(Wish& wish, const std::string& name) {
  auto& vms = wish.inventory.vms;
  const auto found = std::find_if(vms.begin(), vms.end(),
                                  [&](const auto& each) { return each.name.text == name; });
  REQUIRE(found != vms.end());
  return *found;
}

havc::inventory::TemplateFolders templates() {
  return havc::inventory::TemplateFolders({kSource + "/xml/templates"});
}

/// The nodes have what an earlier wish gave them; all of the CIB's machines run on node1.
Actual actual(const std::string& cib, const std::map<std::string, File>& files) {
  Actual result{.cib = cib, .source = "before.cib"};
  NodeFiles node{.node = "node1", .reached = true};
  for (const auto& [path, file] : files) {
    node.hashes[path] = file.hash;
    result.definitions[path] = file.content;
  }
  result.nodes = {node, {.node = "node2", .reason = "no route to host"}, node};
  result.nodes->back().node = "node3";
  result.status.nodes = {{.name = "node1"}};
  for (const auto& each : havc::cluster::parse_configuration(cib, "test").vms)
    result.status.resources.push_back(
        {.id = each.id, .role = "Started", .nodes = {"node1"}, .active = true});
  return result;
}

Plan plan(const Wish& wish, const Actual& actual) {
  auto folders = templates();
  auto result = make_plan(wish, actual, folders, soon());
  CHECK(verify(merge(result.target, "test", {}).configuration, soon()).empty());
  return result;
}

Plan first() {
  return plan(wish(),
              actual(havc::read_file(kSource + "/tests/golden/change/before.cib", kMostBytes), {}));
}

std::map<std::string, File> files(const Wish& wish) {
  auto folders = templates();
  return files_of(wish, folders);
}

/// What an administrator did by hand since.
std::string by_hand(std::string cib) {
  const auto put = [&](const std::string& before, const std::string& what) {
    const auto at = cib.find(before);
    REQUIRE(at != std::string::npos);
    cib.insert(at, what);
  };
  put("<nvpair id=\"WEB-01_intranet-allow-migrate\"",
      "<nvpair id=\"WEB-01_intranet-meta-failure-timeout\" name=\"failure-timeout\" "
      "value=\"60s\"/>");
  put("</constraints>",
      "<rsc_location id=\"cli-ban-V6-ONLY_lab-on-node1\" rsc=\"V6-ONLY_lab\" node=\"node1\" "
      "score=\"-INFINITY\"/>");
  put("</resources>",
      "<primitive id=\"OLD_dmz\" class=\"ocf\" provider=\"havc\" type=\"LibvirtQemu\"/>");
  return cib;
}

TEST_CASE("everything is new", "[change]") {
  const Plan result = first();
  check_golden("change/new.txt", text_of(result, {.paths = true}));
  check_golden("change/new.cib", result.target);
  CHECK(result.changes());
  CHECK(result.incomplete());
}

TEST_CASE("what is there already is left as it is", "[change]") {
  const Plan before = first();
  auto there = actual(before.target, files(wish()));
  there.nodes->erase(there.nodes->begin() + 1);  // that was not reached
  const Plan again = plan(wish(), there);
  CHECK(text_of(again) == "nothing to do\n");
  CHECK(again.target == before.target);
  CHECK_FALSE(again.changes());
  CHECK_FALSE(again.incomplete());
}

TEST_CASE("some machines change, one goes, and what others did stays", "[change]") {
  const auto there = actual(by_hand(first().target), files(wish()));
  auto changed = wish();
  vm(changed, "WEB-01").memory = {8192};
  vm(changed, "WEB-01").nodes = {{"node2"}};
  vm(changed, "R.AND-D").tags = {{"web"}};
  vm(changed, "R.AND-D").wanted = Wanted::started;
  vm(changed, "R.AND-D").priority = {};
  vm(changed, "R.AND-D").disks.pop_back();
  vm(changed, "V6-ONLY").wanted = Wanted::disabled;
  const Plan result = plan(changed, there);
  check_golden("change/changed.txt", text_of(result));
  check_golden("change/changed.json", json_of(result));
  check_golden("change/changed.cib", result.target);
  CHECK(result.afterwards == std::vector<std::string>{"V6-ONLY_lab"});
  const auto gone = removal_of(result.target, {"V6-ONLY_lab"});
  check_golden("change/gone.cib", gone.cib);
  CHECK(verify(gone.configuration, soon()).empty());
}

TEST_CASE("a selection changes nothing else", "[change]") {
  auto one = wish();
  one.selected = {"WEB-01_intranet"};
  one.cluster_pieces = false;
  auto folders = templates();
  const Plan result = make_plan(one, actual(first().base, {}), folders, soon());
  CHECK(result.problems.empty());
  // Pacemaker starts nothing without fencing; that is so already.
  REQUIRE_FALSE(result.notes.empty());
  CHECK_THAT(result.notes[0],
             Catch::Matchers::Contains("as it is already: Resource start-up disabled"));
  REQUIRE(result.vms.size() == 1);
  CHECK(result.vms[0].id == "WEB-01_intranet");
  CHECK(result.cluster.empty());
  CHECK(result.nodes[0].add == std::vector<std::string>{"/etc/havc/libvirt/WEB-01_intranet.xml"});
}

Plan quiet_plan(const Wish& wish, const Actual& actual) {
  auto folders = templates();
  return make_plan(wish, actual, folders, soon());
}

const VmChange& change(const Plan& plan, const std::string& id) {
  const auto found = std::find_if(plan.vms.begin(), plan.vms.end(),
                                  [&](const VmChange& each) { return each.id == id; });
  REQUIRE(found != plan.vms.end());
  return *found;
}

TEST_CASE("one that is stopped for certain goes at once, any other is stopped first", "[change]") {
  auto wanted = wish();
  vm(wanted, "WEB-01").wanted = Wanted::disabled;
  auto there = actual(first().target, {});
  const auto kind = [&] { return change(quiet_plan(wanted, there), "WEB-01_intranet").kind; };
  CHECK(kind() == VmChange::Kind::stop_then_remove);
  for (auto& each : there.status.resources) {
    each.active = false;
    each.role = "Stopped";
    each.nodes = {};
  }
  CHECK(kind() == VmChange::Kind::remove);
  there.elsewhere = {"WEB-01_intranet"};
  CHECK(kind() == VmChange::Kind::stop_then_remove);
  there.elsewhere.clear();
  there.status.nodes[0].unclean = true;
  CHECK(kind() == VmChange::Kind::stop_then_remove);
  there.status.nodes[0].unclean = false;
  there.status.resources.clear();
  CHECK(kind() == VmChange::Kind::stop_then_remove);
}

TEST_CASE("the status of a file is asked for once, and only when something goes", "[change]") {
  auto wanted = wish();
  auto there = actual(first().target, {});
  int asked = 0;
  there.ask_status = [&asked, status = there.status] {
    ++asked;
    return status;
  };
  there.status = {};
  CHECK(quiet_plan(wanted, there).problems.empty());
  CHECK(asked == 0);
  vm(wanted, "WEB-01").wanted = Wanted::disabled;
  vm(wanted, "V6-ONLY").wanted = Wanted::disabled;
  CHECK(quiet_plan(wanted, there).afterwards.size() == 2);
  CHECK(asked == 1);
}

TEST_CASE("a machine whose zone has changed is not made twice", "[change]") {
  auto there = actual(first().target, {});
  for (std::size_t at = 0; (at = there.cib.find("WEB-01_intranet", at)) != std::string::npos;)
    there.cib.replace(at, std::string("WEB-01_intranet").size(), "WEB-01_office");
  const Plan result = quiet_plan(wish(), there);
  REQUIRE(result.problems.size() == 1);
  CHECK_THAT(result.problems[0].what(),
             Catch::Matchers::Contains("'WEB-01_office'") &&
                 Catch::Matchers::Contains("it could run twice; remove 'WEB-01_office' first"));
  CHECK(result.foreign == std::vector<std::string>{"WEB-01_office"});
}

TEST_CASE("a machine of the cluster that is made local is refused", "[change]") {
  auto wanted = wish();
  vm(wanted, "WEB-01").kind = havc::inventory::Kind::local;
  const Plan result = quiet_plan(wanted, actual(first().target, {}));
  REQUIRE(result.problems.size() == 1);
  CHECK_THAT(result.problems[0].problem(),
             Catch::Matchers::Contains("'WEB-01_intranet' is local in its file"));
}

TEST_CASE("what was removed from the inventory goes with its definition, when it is named",
          "[change]") {
  auto wanted = wish();
  wanted.removals = {"WEB-01_intranet"};
  std::erase_if(wanted.inventory.vms, [](const auto& each) { return each.name.text == "WEB-01"; });
  const Plan result = quiet_plan(wanted, actual(first().target, files(wish())));
  CHECK(result.problems.empty());
  CHECK(result.foreign.empty());
  CHECK(result.afterwards == std::vector<std::string>{"WEB-01_intranet"});
  CHECK(result.nodes[0].remove ==
        std::vector<std::string>{"/etc/havc/libvirt/WEB-01_intranet.xml"});
}

TEST_CASE("what a guest sees only after its next start is told", "[change]") {
  auto there = actual(first().target, files(wish()));
  const std::string path = "/etc/havc/libvirt/WEB-01_intranet.xml";
  std::string live = there.definitions.at(path);
  const std::string cpus = "<vcpu>2</vcpu>";
  live.replace(live.find(cpus), cpus.size(), "<vcpu placement='static'>1</vcpu>");
  there.running["WEB-01_intranet"] = live;
  const Plan result = quiet_plan(wish(), there);
  CHECK_FALSE(result.changes());
  CHECK(change(result, "WEB-01_intranet").after_restart == std::vector<std::string>{"cpus 1 -> 2"});
}

}  // namespace
