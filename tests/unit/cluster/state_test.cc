#include "cluster/state.h"

#include "support/catch.h"

namespace {

using namespace havc::cluster;
using Catch::Matchers::Contains;
using havc::domain::Reason;
using havc::inventory::Wanted;
using DomainState = havc::domain::State;

Sighting silent(const std::string& node) {
  return {.node = node};
}
Sighting absent(const std::string& node) {
  return {.node = node, .answer = Sighting::Answer::absent};
}
Sighting here(const std::string& node, DomainState state, Reason reason = Reason::other) {
  Sighting sighting{.node = node, .answer = Sighting::Answer::here};
  sighting.domain.state = state;
  sighting.domain.reason = reason;
  return sighting;
}
Sighting runs(const std::string& node) {
  return here(node, DomainState::running);
}

/// Three nodes and one virtual machine, as each test changes them.
struct Case {
  Status status = {};
  Configuration configuration = {};
  Known known{.id = "web", .wanted = Wanted::started};

  Case() {
    status.dc = "n1";
    status.quorate = true;
    status.no_quorum_policy = "stop";
    for (const auto* name : {"n1", "n2", "n3"})
      status.nodes.push_back({.name = name, .online = true});
    status.resources.push_back({.id = "web"});
    configuration.vms.push_back({.id = "web"});
  }
  Resource& resource() { return status.resources.front(); }
  Case& active(const std::vector<std::string>& nodes, Pending pending = Pending::none) {
    resource().active = true;
    resource().nodes = nodes;
    resource().pending = pending;
    return *this;
  }
  Case& sightings(std::vector<Sighting> all) {
    known.sightings = std::move(all);
    return *this;
  }
  Case& not_configured() {
    status.resources.clear();
    configuration.vms.clear();
    return *this;
  }
  State state() const { return state_of(Overview(status, &configuration), known); }
  std::string word() const { return std::string(name_of(state().word)); }
};

TEST_CASE("two nodes are the loudest word, whoever says so", "[cluster]") {
  CHECK(Case().active({"n1", "n2"}).word() == "duplicate");
  CHECK(Case().active({"n1"}).sightings({runs("n1"), runs("n2")}).word() == "duplicate");
  CHECK(Case().sightings({runs("n1"), runs("n2")}).word() == "duplicate");
  CHECK(Case().not_configured().sightings({runs("n1"), here("n2", DomainState::paused)}).word() ==
        "duplicate");
  Case unclean = Case().active({"n1", "n2"});
  unclean.status.nodes[0].unclean = true;
  unclean.status.maintenance_mode = true;
  CHECK(unclean.word() == "duplicate");
}

TEST_CASE("a node that did not answer does not excuse a second one", "[cluster]") {
  const auto state = Case().active({"n1"}).sightings({silent("n1"), runs("n2")}).state();
  CHECK(state.word == Word::duplicate);
  CHECK(state.nodes == std::vector<std::string>{"n1", "n2"});
  CHECK(state.doubts == std::vector<std::string>{"libvirt did not answer on n1"});
}

TEST_CASE("libvirt's word clears one of Pacemaker's two nodes", "[cluster]") {
  const auto state = Case().active({"n1", "n2"}).sightings({runs("n1"), absent("n2")}).state();
  CHECK(state.word == Word::started);
  CHECK(state.nodes == std::vector<std::string>{"n1"});
  REQUIRE(state.doubts.size() == 1);
  CHECK_THAT(state.doubts[0], Contains("active on n2, libvirt that it is not"));
}

TEST_CASE("a migration's two nodes are no duplicate, a third is", "[cluster]") {
  Case moving = Case().active({"n1", "n2"}, Pending::stop);
  CHECK(moving.word() == "duplicate");
  moving.configuration.migrations.push_back({"web", "n1", "n2"});
  CHECK(moving.word() == "migrating");
  CHECK(moving.state().from == "n1");
  CHECK(moving.state().to == "n2");
  moving.sightings({runs("n3")});
  CHECK(moving.word() == "duplicate");
}

TEST_CASE("a migration that failed excuses nothing", "[cluster]") {
  Case moving = Case().active({"n1", "n2"}, Pending::stop);
  moving.configuration.migrations.push_back({"web", "n1", "n2"});
  moving.resource().failed = true;
  CHECK(moving.word() == "duplicate");
}

TEST_CASE("without the CIB a migration is known from Pacemaker's word, and its target from libvirt",
          "[cluster]") {
  const auto state =
      Case().active({"n1"}, Pending::migrate).sightings({runs("n1"), runs("n2")}).state();
  CHECK(state.word == Word::migrating);
  CHECK(state.from == "n1");
  CHECK(state.to == "n2");
}

TEST_CASE("a migration by hand is told from a duplicate by libvirt's reason", "[cluster]") {
  const auto state =
      Case()
          .active({"n1"})
          .sightings({runs("n1"), here("n2", DomainState::paused, Reason::migrating)})
          .state();
  CHECK(state.word == Word::migrating);
  CHECK(state.reason == "not by the cluster");
}

TEST_CASE("a lost node is fencing, with what has become of it", "[cluster]") {
  Case lost = Case().active({"n1"});
  lost.status.nodes[0].unclean = true;
  CHECK(lost.state().reason == "'n1' is to be fenced: not begun");
  lost.status.fencing = {{"n1", "reboot", Fencing::Progress::pending, "", ""}};
  CHECK(lost.state().reason == "'n1' is to be fenced: reboot goes on");
  lost.status.fencing.push_back({"n1", "reboot", Fencing::Progress::failed, "no bay", "noon"});
  CHECK(lost.state().reason == "'n1' is to be fenced: failed at noon: no bay, and is tried again");
  lost.status.stonith_enabled = false;
  CHECK_THAT(lost.state().reason, Contains("stonith_admin --confirm n1"));
  CHECK(lost.word() == "fencing");
}

TEST_CASE("what runs where Pacemaker says that it does not is foreign", "[cluster]") {
  CHECK(Case().sightings({runs("n2")}).state().reason ==
        "runs on n2; Pacemaker says that it does not run");
  CHECK(Case().active({"n1"}).sightings({absent("n1"), runs("n2")}).state().reason ==
        "runs on n2; Pacemaker says on n1");
  CHECK(Case().not_configured().sightings({runs("n2")}).state().reason ==
        "runs on n2; it is not in the cluster");
  Case orphan = Case().active({"n1"});
  orphan.configuration.vms.clear();
  orphan.resource().orphaned = true;
  CHECK(orphan.state().reason ==
        "runs on n1; its configuration is gone, and Pacemaker will stop it");
  orphan.resource().pending = Pending::stop;
  CHECK(orphan.word() == "stopping");
}

TEST_CASE("a domain that appears before its start has ended is not foreign", "[cluster]") {
  CHECK(Case().active({"n1"}, Pending::start).sightings({runs("n1")}).word() == "starting");
}

TEST_CASE("blocked names the failure and comes before unmanaged", "[cluster]") {
  Case blocked = Case().active({"n1"});
  blocked.resource().blocked = blocked.resource().failed = true;
  blocked.resource().managed = false;
  blocked.status.failures.push_back({"web", "n1", "stop", "no answer", "noon", 1});
  const auto state = blocked.state();
  CHECK(state.word == Word::blocked);
  CHECK(state.reason == "stop failed on n1: no answer; then 'crm_resource --cleanup'");
}

TEST_CASE("stopping is also what is to be stopped and was not begun", "[cluster]") {
  CHECK(Case().active({"n1"}, Pending::stop).state().reason.empty());
  Case to_be = Case().active({"n1"});
  to_be.resource().target_role = "Stopped";
  CHECK(to_be.word() == "stopping");
  CHECK(to_be.state().reason == "not begun yet");
}

TEST_CASE("maintenance and unmanaged say whose it is", "[cluster]") {
  Case one = Case().active({"n1"});
  one.resource().managed = false;
  CHECK(one.state().reason == "is-managed=false");
  CHECK(one.word() == "unmanaged");
  one.configuration.vms[0].meta["is-managed"] = "No";
  CHECK(one.state().reason == "its own (is-managed=false)");
  one.configuration.vms[0].meta["maintenance"] = "true";
  CHECK(one.state().reason == "its own (maintenance=true)");
  one.status.nodes[0].maintenance = true;
  CHECK(one.state().reason == "'n1' is in maintenance");
  one.status.maintenance_mode = true;
  CHECK(one.state().reason == "the cluster is in maintenance (maintenance-mode=true)");
  CHECK(one.word() == "maintenance");
}

TEST_CASE("failed says what, where and how often", "[cluster]") {
  Case failed;
  failed.status.fail_counts = {{"web", "n1", 2}, {"web", "n2", kInfinity}};
  CHECK(failed.state().reason == "failed on n2");
  failed.status.failures.push_back({"web", "n1", "start", "no image", "noon", 5});
  const auto state = failed.state();
  CHECK(state.word == Word::failed);
  CHECK(state.reason == "start failed on n1: no image");
  CHECK(state.fail_count == kInfinity);
  CHECK(state.fail_node == "n2");
  CHECK(Case(failed).active({"n3"}).state().failure == "start failed on n1: no image");
  failed.resource().target_role = "Stopped";
  CHECK(failed.word() == "stopped");
  CHECK(failed.state().fail_count == kInfinity);
}

TEST_CASE("a guest that has gone before Pacemaker noticed is failed", "[cluster]") {
  const auto state = Case().active({"n1"}).sightings({here("n1", DomainState::shutoff)}).state();
  CHECK(state.word == Word::failed);
  CHECK_THAT(state.reason, Contains("does not run on n1, and Pacemaker has not noticed: shut off"));
  CHECK(state.doubts.size() == 1);
  CHECK(Case()
            .active({"n1"})
            .sightings({here("n1", DomainState::crashed, Reason::panicked)})
            .word() == "failed");
}

TEST_CASE("paused has libvirt's reason", "[cluster]") {
  const auto state =
      Case().active({"n1"}).sightings({here("n1", DomainState::paused, Reason::io_error)}).state();
  CHECK(state.word == Word::paused);
  CHECK_THAT(state.reason, Contains("I/O error"));
  CHECK(Case().active({"n1"}).sightings({here("n1", DomainState::pmsuspended)}).word() == "paused");
}

TEST_CASE("a libvirt that does not answer is in the detail of every word", "[cluster]") {
  const auto started = Case().active({"n1"}).sightings({silent("n1"), absent("n2")}).state();
  CHECK(started.word == Word::started);
  CHECK(started.doubts == std::vector<std::string>{"libvirt did not answer on n1"});
  Case stopped;
  stopped.resource().target_role = "Stopped";
  stopped.sightings({silent("n2"), silent("n3")});
  CHECK(stopped.word() == "stopped");
  CHECK(stopped.state().doubts == std::vector<std::string>{"libvirt did not answer on n2, n3"});
  CHECK(Case().not_configured().sightings({silent("n1")}).state().doubts.size() == 1);
}

TEST_CASE("without quorum or controller every word is in doubt", "[cluster]") {
  Case alone = Case().active({"n1"});
  alone.status.quorate = false;
  CHECK_THAT(alone.state().doubts.at(0), Contains("no quorum"));
  alone.status.dc.reset();
  CHECK_THAT(alone.state().doubts.at(0), Contains("no controller"));
  CHECK(alone.word() == "started");
}

TEST_CASE("started with all agreeing has no detail but the node", "[cluster]") {
  const auto state =
      Case().active({"n1"}).sightings({runs("n1"), absent("n2"), absent("n3")}).state();
  CHECK(state.word == Word::started);
  CHECK(state.nodes == std::vector<std::string>{"n1"});
  CHECK(state.reason.empty());
  CHECK(state.doubts.empty());
}

TEST_CASE("a guest that Pacemaker lost sight of is in doubt until libvirt has said where it is",
          "[cluster]") {
  Case lost;
  lost.configuration.stranded.push_back({"web", "n1", "n2"});
  CHECK_THAT(lost.state().doubts.at(0), Contains("migrated to n2"));
  CHECK(lost.sightings({silent("n2")}).state().doubts.size() == 2);
  CHECK(lost.sightings({absent("n2")}).state().doubts.empty());
  CHECK(lost.sightings({runs("n2")}).word() == "foreign");
  CHECK(lost.sightings({}).active({"n2"}).state().doubts.empty());
}

TEST_CASE("what is not in the cluster is disabled with a file and undefined without", "[cluster]") {
  CHECK(Case().not_configured().word() == "disabled");
  Case neither = Case().not_configured();
  neither.known.wanted.reset();
  CHECK(neither.word() == "undefined");
}

TEST_CASE("status and configuration that do not know the same are a doubt", "[cluster]") {
  Case newer;
  newer.status.resources.clear();
  CHECK_THAT(newer.state().doubts.at(0), Contains("crm_mon does not know it"));
  Case older;
  older.configuration.vms.clear();
  CHECK_THAT(older.state().doubts.at(0), Contains("the configuration does not"));
}

TEST_CASE("waiting says what is in the way on each node", "[cluster]") {
  Case one;
  one.status.nodes[0].standby = true;
  one.status.nodes[1].online = false;
  one.configuration.locations = {{.id = "cli-ban-web",
                                  .resources = {"web"},
                                  .node = "n3",
                                  .score = -kInfinity,
                                  .leftover = true}};
  CHECK(one.word() == "waiting");
  CHECK(one.state().reason == "standby: n1; offline: n2; banned by leftover 'cli-ban-web': n3");
  one.status.nodes[0].standby = false;
  CHECK_THAT(one.state().reason, Contains("not begun"));
  one.status.symmetric = false;
  CHECK(one.state().reason ==
        "no constraint allows it: n1; offline: n2; banned by leftover 'cli-ban-web': n3");
  one.status.quorate = false;
  CHECK(one.state().reason == "no quorum (no-quorum-policy=stop)");
}

TEST_CASE("waiting names the attribute that nodes must have and have not", "[cluster]") {
  Case one;
  one.configuration.locations = {
      {.id = "web-network", .resources = {"web"}, .required = {"pingd"}}};
  CHECK_THAT(one.state().reason, Contains("not begun"));  // nobody has said which they have
  one.configuration.transient = {{"n1", {"#feature-set"}}, {"n2", {}}, {"n3", {}}};
  CHECK(one.state().reason == "no attribute 'pingd' yet, which 'web-network' asks for: n1, n2, n3");
  one.configuration.transient["n2"].insert("pingd");
  CHECK_THAT(one.state().reason, Contains("not begun"));
  one.configuration.transient["n2"].clear();
  one.configuration.nodes.push_back({.name = "n2", .attributes = {{"pingd", "1"}}});
  CHECK_THAT(one.state().reason, Contains("not begun"));
}

TEST_CASE("waiting counts what is left beside others", "[cluster]") {
  Case one;
  one.status.nodes.resize(1);
  one.status.resources.push_back({.id = "db", .nodes = {"n1"}, .active = true});
  one.configuration.vms[0].utilization["host_memory"] = "40";
  one.configuration.vms.push_back({.id = "db", .utilization = {{"host_memory", "60"}}});
  one.configuration.nodes.push_back({.name = "n1", .utilization = {{"host_memory", "99"}}});
  CHECK_THAT(one.state().reason, Contains("not begun"));
  one.configuration.options["placement-strategy"] = "balanced";
  CHECK(one.state().reason == "less host_memory than 40: n1");
  one.configuration.nodes[0].utilization["host_memory"] = "100";
  CHECK_THAT(one.state().reason, Contains("not begun"));
}

TEST_CASE("utilization is not cut like a score", "[cluster]") {
  Case one;
  one.status.nodes.resize(1);
  one.configuration.options["placement-strategy"] = "utilization";
  one.configuration.vms[0].utilization["host_memory"] = "3000000";
  one.configuration.nodes.push_back({.name = "n1", .utilization = {{"host_memory", "2000000"}}});
  CHECK(one.state().reason == "less host_memory than 3000000: n1");
}

TEST_CASE("stop-all-resources stops without a target-role", "[cluster]") {
  Case all;
  all.status.stop_all_resources = true;
  CHECK(all.word() == "stopped");
}

TEST_CASE("wanted and actual are compared with what is on its way", "[cluster]") {
  CHECK(as_wanted(Wanted::started, Word::migrating));
  CHECK_FALSE(as_wanted(Wanted::started, Word::paused));
  CHECK(as_wanted(Wanted::stopped, Word::stopping));
  CHECK_FALSE(as_wanted(Wanted::disabled, Word::stopped));
  CHECK(as_wanted(Wanted::disabled, Word::disabled));
}

/// Stopped on n1 at 100, as crm_mon says at `now`.
Case just_stopped(std::int64_t now) {
  Case stopped;
  stopped.status.now = now;
  stopped.configuration.deeds = {
      {.resource = "web", .node = "n2", .operation = "migrate_to", .call = 9, .begun = 50},
      {.resource = "web",
       .node = "n1",
       .operation = "stop",
       .call = 7,
       .begun = 100,
       .done = true}};
  return stopped;
}

TEST_CASE("between its stop and its start a machine is about to start, not waiting", "[cluster]") {
  CHECK(just_stopped(103).word() == "starting");
  CHECK(just_stopped(103).state().reason == "not begun yet");
  CHECK(just_stopped(97).word() == "starting");  // another node's clock
  CHECK(just_stopped(200).word() == "waiting");
  CHECK(just_stopped(20).word() == "waiting");
}

TEST_CASE("an old failure does not make a machine failed that is about to start", "[cluster]") {
  Case moves = just_stopped(103);
  moves.status.failures.push_back({.resource = "web", .node = "n2", .task = "migrate_to"});
  CHECK(moves.word() == "starting");
  moves.configuration.deeds.push_back(
      {.resource = "web", .node = "n2", .operation = "start", .call = 10, .begun = 102});
  CHECK(moves.word() == "failed");
}

TEST_CASE("a machine that no node can take waits at once", "[cluster]") {
  Case nowhere = just_stopped(103);
  for (auto& node : nowhere.status.nodes) node.standby = true;
  CHECK(nowhere.word() == "waiting");
  Case given_up = just_stopped(103);
  given_up.configuration.resource_defaults["migration-threshold"] = "3";
  for (const auto* node : {"n1", "n2", "n3"})
    given_up.status.fail_counts.push_back({.resource = "web", .node = node, .count = 3});
  CHECK(given_up.word() == "failed");
}

TEST_CASE("a machine waits for its turn while Pacemaker works, and after a change", "[cluster]") {
  Case works;
  works.status.resources.push_back({.id = "db", .pending = Pending::stop});
  CHECK(works.word() == "starting");
  Case changed;
  changed.status.changed_ago = 2;
  CHECK(changed.word() == "starting");
  changed.status.changed_ago = 60;
  CHECK(changed.word() == "waiting");
  changed.status.changed_ago = 2;
  changed.status.dc.reset();
  CHECK(changed.word() == "waiting");
}

}  // namespace
