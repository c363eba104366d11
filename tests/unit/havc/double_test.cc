#include "havc/double.h"

#include "support/catch.h"

using namespace havc::cli;
using havc::cluster::State;
using havc::cluster::Word;
using havc::inventory::Wanted;

namespace {

/// WEB-01 on n1, as Pacemaker says; libvirt runs it on `nodes`.
struct Case {
  havc::cluster::Status status = {};
  havc::cluster::Configuration configuration = {};
  havc::change::Wish wish = {};
  std::vector<NodeReport> reports = {};

  Case(Wanted wanted, const std::set<std::string>& nodes) {
    status.dc = "n1";
    status.quorate = true;
    for (const auto* name : {"n1", "n3"}) {
      status.nodes.push_back({.name = name, .online = true});
      NodeReport report{.host = {name, name}, .report = havc::node::Report{}};
      havc::node::Libvirt libvirt;
      if (nodes.contains(name)) {
        libvirt.domains.emplace_back().seen.identity.name = "WEB-01_intranet";
        libvirt.domains.back().seen.state = havc::domain::State::running;
      }
      report.report->libvirt = libvirt;
      reports.push_back(report);
    }
    havc::inventory::Vm vm;
    vm.identity.fqn = "WEB-01_intranet";
    vm.wanted = wanted;
    wish.inventory.vms = {vm};
  }
  void configure(const std::string& node) {
    configuration.vms.emplace_back().id = "WEB-01_intranet";
    status.resources.push_back({.id = "WEB-01_intranet",
                                .role = "Started",
                                .nodes = {node},
                                .active = true,
                                .managed = true});
  }
  std::vector<Outlook> found() const { return doubles_of(wish, reports, {status, &configuration}); }
};

const Outlook kForeign{
    .id = "WEB-01_intranet",
    .state = State{.word = Word::foreign, .nodes = {"n3"}, .reason = "runs on n3"}};

havc::cluster::Status at_rest() {
  havc::cluster::Status status;
  status.dc = "n1";
  return status;
}

}  // namespace

TEST_CASE("a VM that runs where Pacemaker says is no double", "[double]") {
  Case test(Wanted::started, {"n1"});
  test.configure("n1");
  CHECK(test.found().empty());
}

TEST_CASE("a VM that runs on two nodes is one, but only if it is meant", "[double]") {
  Case test(Wanted::stopped, {"n1", "n3"});
  test.configure("n1");
  REQUIRE(test.found().size() == 1);
  CHECK_THAT(words_of(test.found().front()),
             Catch::StartsWith("WEB-01_intranet is duplicate: active on n1, n3"));
  test.wish.selected.emplace();
  CHECK(test.found().empty());
}

TEST_CASE("Pacemaker itself looks for a VM that the cluster is to get", "[double]") {
  CHECK(Case(Wanted::started, {"n3"}).found().empty());
  CHECK(Case(Wanted::stopped, {"n3"}).found().empty());
}

TEST_CASE("a VM that Pacemaker started between the two questions is no double", "[double]") {
  Case before(Wanted::started, {"n3"});
  before.configuration.vms.emplace_back().id = "WEB-01_intranet";
  before.status.resources.push_back({.id = "WEB-01_intranet", .role = "Stopped", .managed = true});
  const auto found = before.found();
  REQUIRE(found.size() == 1);
  CHECK(doubles_still(found, before.reports, {before.status, &before.configuration}).size() == 1);
  Case later(Wanted::started, {"n3"});
  later.configure("n3");
  CHECK(doubles_still(found, before.reports, {later.status, &later.configuration}).empty());
}

TEST_CASE("a VM that has no resource any more and runs is a double", "[double]") {
  CHECK(Case(Wanted::disabled, {"n3"}).found().size() == 1);
  Case removed(Wanted::disabled, {"n3"});
  removed.wish.inventory.vms.clear();
  CHECK(removed.found().empty());
  removed.wish.removals = {"WEB-01_intranet"};
  CHECK(removed.found().size() == 1);
}

TEST_CASE("a VM that runs where Pacemaker does not know is refused, and both ways out are told",
          "[double]") {
  const auto error = refusal_of(kForeign, at_rest());
  CHECK(error.problem() == "'WEB-01_intranet' is foreign: runs on n3; it would run twice");
  CHECK_THAT(error.remedy(), Catch::Contains("virsh shutdown WEB-01_intranet, on n3") &&
                                 Catch::Contains("--resource WEB-01_intranet --node n3"));
}

TEST_CASE("nobody is told to end a VM while Pacemaker is at work", "[double]") {
  auto without_controller = at_rest();
  without_controller.dc.reset();
  auto joining = at_rest();
  joining.nodes.push_back({.name = "n3", .pending = true});
  for (const auto& status : {without_controller, joining}) {
    const auto error = refusal_of(kForeign, status);
    CHECK_THAT(error.problem(), Catch::Contains("is foreign: runs on n3"));
    CHECK_THAT(error.remedy(), Catch::StartsWith("Pacemaker is at work"));
    CHECK(error.remedy().find("virsh") == std::string::npos);
  }
}

TEST_CASE("of a duplicate no node is guessed that is to go on", "[double]") {
  const auto error = refusal_of(
      {.id = "WEB-01_intranet",
       .state =
           State{.word = Word::duplicate, .nodes = {"n1", "n3"}, .reason = "active on n1, n3"}},
      at_rest());
  CHECK_THAT(error.problem(), Catch::Contains("duplicate: active on n1, n3"));
  CHECK_THAT(error.remedy(), Catch::Contains("if it still is so, end all but one of them by hand"));
}
