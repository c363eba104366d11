#include "change/move.h"

#include "model_cluster.h"
#include "node/question.h"
#include "node/report.h"
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

using Step = test::ModelCluster::Step;
using Steps = std::vector<Step>;
using test::ModelCluster;
using namespace std::chrono_literals;

/// A cluster with "web" on n1, and what Pacemaker does when it is to go to n2.
struct Travel {
  ModelCluster cluster = {};
  std::vector<Progress> told = {};

  explicit Travel(Steps steps) {
    cluster.set_cib(ModelCluster::cib_of({ModelCluster::primitive("web")}));
    cluster.vms["web"] = {.node = "n1", .journey = std::move(steps)};
  }
  Moved go() {
    const MovePlan plan{
        .base = cluster.cib(), .id = "web", .from = "n1", .to = "n2", .live = true, .most = 20s};
    Pacemaker pacemaker(ModelCluster::hosts(), cluster.run());
    return change::move(
        pacemaker, plan, [&](const Progress& each) { told.push_back(each); }, cluster.pause(),
        cluster.clock.in(24h));
  }
  bool constrained() const {
    return cluster.cib().find(move_constraint("web")) != std::string::npos;
  }
  long passed() const {
    return std::chrono::duration_cast<std::chrono::seconds>(cluster.clock.elapsed()).count();
  }
};

const Step kLeaves{"Migrating", {"n1"}, 6s, "n1", "migrate_to", true, "n2"};
const Step kArrives{"Migrating", {"n1", "n2"}, 2s, "n2", "migrate_from", true, "n2"};
const Step kSourceEnds{"Stopping", {"n1", "n2"}, 2s, "n1", "stop"};
const Step kThere{"Started", {"n2"}};
const Step kStops{"Stopping", {"n1"}, 2s, "n1", "stop"};
const Step kNowhere{"Stopped", {}, 2s};
const Step kStarts{"Starting", {"n2"}, 2s, "n2", "start"};

Step failed(Step step) {
  step.well = false;
  return step;
}

TEST_CASE("a migration that ended well is called live, and its constraint goes", "[change]") {
  Travel travel({kLeaves, kArrives, kSourceEnds, kThere});
  const auto moved = travel.go();
  CHECK(moved.there);
  CHECK(moved.way == Way::live);
  CHECK(moved.left.empty());
  CHECK_FALSE(travel.constrained());
  CHECK(travel.told.back().reached == 1);
}

TEST_CASE("a machine that was seen migrating, then stopped and started, was not live", "[change]") {
  auto quick = kStops;  // between two looks
  quick.time = 0s;
  const auto steps = GENERATE_COPY(Steps{failed(kLeaves), kStops, kStarts, kThere},
                                   Steps{failed(kLeaves), quick, kStarts, kThere},
                                   Steps{failed(kLeaves), quick, kNowhere, kStarts, kThere},
                                   Steps{kLeaves, failed(kArrives), kStops, kStarts, kThere});
  Travel travel(steps);
  const auto moved = travel.go();
  CHECK(moved.there);
  CHECK(moved.way == Way::restarted);
  CHECK_FALSE(travel.constrained());
}

TEST_CASE("neither is claimed where the nodes remember nothing", "[change]") {
  auto leaves = kLeaves;
  auto arrives = kArrives;
  leaves.node = arrives.node = "";
  Travel travel({leaves, arrives, kSourceEnds, kThere});
  const auto moved = travel.go();
  CHECK(moved.there);
  CHECK(moved.way == Way::unknown);
}

TEST_CASE("a machine that is nowhere for a while is still on its way", "[change]") {
  auto nowhere = kNowhere;
  nowhere.time = 8s;
  Travel travel({kStops, nowhere, kStarts, kThere});
  travel.cluster.before = [&](const remote::Host&, const remote::Command& command) {
    const auto& words = command.arguments;
    if (words.front() == "cibadmin" && travel.passed() > 0 && travel.passed() < 10)
      CHECK(std::find(words.begin(), words.end(), "--patch") == words.end());
  };
  CHECK(travel.go().there);
}

TEST_CASE("a migration that fails and leaves the machine where it was is told", "[change]") {
  Travel travel({failed(kLeaves), kStops, Step{"Starting", {"n1"}, 2s, "n1", "start"},
                 Step{"Started", {"n1"}}});
  const auto moved = travel.go();
  CHECK_FALSE(moved.there);
  CHECK(moved.way == Way::unknown);
  CHECK_THAT(moved.reason, Contains("web is started on n1"));
  CHECK_FALSE(travel.constrained());
  CHECK(travel.passed() < 60);
}

TEST_CASE("a machine that goes elsewhere is told, and its constraint goes", "[change]") {
  Travel travel({kLeaves, failed(kArrives), kStops, Step{"Starting", {"n3"}, 2s, "n3", "start"},
                 Step{"Started", {"n3"}}});
  const auto moved = travel.go();
  CHECK_FALSE(moved.there);
  CHECK_THAT(moved.reason, Contains("web is started on n3"));
  CHECK_FALSE(travel.constrained());
}

TEST_CASE("a target that dies while the machine comes leaves no constraint behind", "[change]") {
  Travel travel({kLeaves, Step{"Migrating", {"n1", "n2"}, 4s}, kStops, Step{"Stopped", {}, 4s},
                 Step{"Starting", {"n3"}, 4s, "n3", "start"}, Step{"Started", {"n3"}}});
  travel.cluster.before = [&](const remote::Host&, const remote::Command&) {
    if (travel.passed() >= 7) {
      travel.cluster.offline.insert("n2");
      travel.cluster.unreachable.insert("n2");
    }
  };
  const auto moved = travel.go();
  CHECK_FALSE(moved.there);
  CHECK_THAT(moved.reason, Contains("n3"));
  CHECK(moved.left.empty());
  CHECK_FALSE(travel.constrained());
}

TEST_CASE("Ctrl-C before it has begun ends the move, and takes the constraint away", "[change]") {
  Travel travel({Step{"Started", {"n1"}, 600s}, kThere});
  travel.cluster.interrupt_at = travel.cluster.clock.now() + 3s;
  const auto moved = travel.go();
  CHECK(moved.interrupted);
  CHECK_FALSE(moved.there);
  CHECK(moved.left.empty());
  CHECK_FALSE(travel.constrained());
  CHECK(travel.passed() < 10);
}

TEST_CASE("Ctrl-C while it migrates waits for its end, and only then takes the constraint away",
          "[change]") {
  Travel travel({kLeaves, kArrives, kSourceEnds, kThere});
  travel.cluster.interrupt_at = travel.cluster.clock.now() + 3s;
  const auto moved = travel.go();
  CHECK(moved.interrupted);
  CHECK(moved.there);
  CHECK(moved.way == Way::live);
  CHECK_FALSE(travel.constrained());
  CHECK(travel.passed() >= 10);
}

TEST_CASE("Ctrl-C at the moment it begins is seen before anything is taken away", "[change]") {
  Travel travel({Step{"Started", {"n1"}, 3s}, kLeaves, kArrives, kSourceEnds, kThere});
  travel.cluster.interrupt_at = travel.cluster.clock.now() + 3s;
  const auto moved = travel.go();
  CHECK(moved.there);
  CHECK_FALSE(travel.constrained());
}

TEST_CASE("a migration that hangs is given up after its timeouts, and keeps its constraint's end",
          "[change]") {
  Travel travel({Step{"Migrating", {"n1"}, 24h}, kThere});
  const auto moved = travel.go();
  CHECK_FALSE(moved.there);
  CHECK_THAT(moved.left, Contains("not known to have ended"));
  CHECK(travel.constrained());
  CHECK(travel.passed() >= 20);
  CHECK(travel.passed() < 200);
}

TEST_CASE("a cluster that does not answer at the end leaves the constraint, and says so",
          "[change]") {
  Travel travel({kLeaves, kArrives, kSourceEnds, kThere});
  travel.cluster.before = [&](const remote::Host&, const remote::Command&) {
    if (travel.passed() >= 3) travel.cluster.unreachable = {"n1", "n2", "n3"};
  };
  const auto moved = travel.go();
  CHECK_FALSE(moved.there);
  CHECK_THAT(moved.reason, Contains("no route to host"));
  CHECK_THAT(moved.left, Contains("not known to have ended"));
}

TEST_CASE("a machine that does not move is given up, and nothing is left", "[change]") {
  Travel travel({Step{"Started", {"n1"}}});
  const auto moved = travel.go();
  CHECK_FALSE(moved.there);
  CHECK_FALSE(moved.interrupted);
  CHECK_FALSE(travel.constrained());
  CHECK(travel.passed() >= 30);
  CHECK(travel.passed() < 60);
}

/// What 'havc node report' says on the node that "web" leaves.
remote::Run halfway() {
  return [](const remote::Host& host, const remote::Command& command, Deadline) -> ProcessResult {
    CHECK(host.name == "n1");
    CHECK(node::parse_question(command.input, "test").jobs == std::vector<std::string>{"web"});
    node::Report report;
    node::Domain leaving{.seen = {{"web", "u"}, domain::State::running}};
    leaving.job = node::Job{200, 90, 114};
    report.libvirt = node::Libvirt{"9.0.0", "7.2.0", {leaving}};
    return {0, node::to_json(report), ""};
  };
}

TEST_CASE("how much has gone over is told while it migrates", "[change]") {
  Travel travel({kLeaves, kArrives, kSourceEnds, kThere});
  travel.cluster.others = halfway();
  travel.go();
  const auto told = [&](const std::string& place) {
    return std::any_of(travel.told.begin(), travel.told.end(),
                       [&](const Progress& each) { return each.place == place; });
  };
  CHECK(told("n1 to n2, 43 %"));
  CHECK(travel.told.back().place.empty());
}

TEST_CASE("a node that does not say how much has gone over stops no move", "[change]") {
  Travel travel({kLeaves, kArrives, kSourceEnds, kThere});
  CHECK(travel.go().there);  // the model's nodes have no such command
}

}  // namespace
