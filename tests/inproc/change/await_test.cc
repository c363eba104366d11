#include "change/await.h"

#include "model_cluster.h"
#include "support/catch.h"

namespace {

using namespace havc;
using namespace havc::change;
using Catch::Matchers::Contains;
using inventory::Wanted;
using std::chrono::minutes;
using std::chrono::seconds;
using test::ModelCluster;

/// A cluster with machines vm0, vm1, …; what is told while they are waited for.
struct Case {
  ModelCluster cluster = {};
  std::vector<Goal> goals = {};
  std::vector<Progress> told = {};

  explicit Case(int count, const std::string& role = "Started") {
    std::vector<std::string> primitives;
    for (int i = 0; i < count; ++i) {
      const std::string id = "vm" + std::to_string(i);
      primitives.push_back(ModelCluster::primitive(id, role));
      goals.push_back({id, role == "Started" ? Wanted::started : Wanted::stopped});
      cluster.vms[id].node = role == "Started" ? "" : "n2";
    }
    cluster.set_cib(ModelCluster::cib_of(primitives));
  }

  std::vector<Waited> wait() {
    Pacemaker pacemaker(ModelCluster::hosts(), cluster.run());
    return await(
        pacemaker, goals, [&](const Progress& each) { told.push_back(each); }, cluster.pause(),
        cluster.clock.in(std::chrono::hours(24)));
  }
  long passed() const {
    return std::chrono::duration_cast<seconds>(cluster.clock.elapsed()).count();
  }
};

TEST_CASE("a machine that starts is waited for until it runs", "[change]") {
  Case test(1);
  const auto waited = test.wait();
  CHECK(waited.at(0).end == Waited::End::reached);
  CHECK(waited.at(0).state.word == cluster::Word::started);
  CHECK(test.passed() >= 10);
  CHECK(test.passed() < 20);
}

TEST_CASE("machines that start one after the other may take longer than one start", "[change]") {
  Case test(4);
  test.cluster.batch = 1;
  test.cluster.duration = seconds(100);
  const auto waited = test.wait();
  CHECK(std::all_of(waited.begin(), waited.end(),
                    [](const Waited& each) { return each.end == Waited::End::reached; }));
  CHECK(test.passed() >= 400);
}

TEST_CASE("a start that hangs ends the waiting with its timeout", "[change]") {
  Case test(1);
  test.cluster.vms["vm0"].hangs = true;
  const auto waited = test.wait();
  CHECK(waited.at(0).end == Waited::End::late);
  CHECK_THAT(waited.at(0).reason, Contains("is starting on n1, since 15"));
  CHECK(test.passed() >= 120);
  CHECK(test.passed() < 180);
}

TEST_CASE("a stop is bounded by its own timeout", "[change]") {
  Case test(1, "Stopped");
  test.cluster.vms["vm0"].hangs = true;
  CHECK(test.wait().at(0).end == Waited::End::late);
  CHECK(test.passed() >= 60);
  CHECK(test.passed() < 110);
}

TEST_CASE("a machine that stays down is given up once the cluster rests", "[change]") {
  Case test(1);
  test.cluster.vms["vm0"].fails = true;
  const auto waited = test.wait();
  CHECK(waited.at(0).end == Waited::End::failed);
  CHECK_THAT(waited.at(0).reason, Contains("is waiting"));
  CHECK(test.passed() < 30);
}

TEST_CASE("a machine that waits for the first answer of ping is not given up before", "[change]") {
  Case test(1);
  std::string cib = ModelCluster::cib_of(
      {ModelCluster::primitive("vm0"),
       R"(<primitive id="NETWORK" class="ocf" provider="pacemaker" type="ping">)"
       R"(<instance_attributes id="p"><nvpair id="p-d" name="dampen" value="90s"/>)"
       R"(</instance_attributes></primitive>)"});
  const std::string none = "<constraints/>";
  cib.replace(cib.find(none), none.size(),
              R"(<constraints><rsc_location id="l" rsc="vm0"><rule id="r" score="-INFINITY">)"
              R"(<expression id="e" attribute="pingd" operation="not_defined"/>)"
              R"(</rule></rsc_location></constraints>)");
  test.cluster.set_cib(cib);
  test.cluster.vms["vm0"].fails = true;
  CHECK(test.wait().at(0).end == Waited::End::failed);
  CHECK(test.passed() >= 105);
  CHECK(test.passed() < 120);
}

/// A probe of vm0 on n2 goes on.
static std::string cib_with_probe() {
  std::string cib = ModelCluster::cib_of({ModelCluster::primitive("vm0")});
  const std::string none = "<status/>";
  return cib.replace(cib.find(none), none.size(),
                     R"(<status><node_state id="2" uname="n2"><lrm id="2"><lrm_resources>)"
                     R"(<lrm_resource id="vm0" type="LibvirtQemu" class="ocf" provider="havc">)"
                     R"(<lrm_rsc_op id="o" operation="monitor" interval="0" op-status="-1"/>)"
                     R"(</lrm_resource></lrm_resources></lrm></node_state></status>)");
}

TEST_CASE("a machine that is still looked for on some node is not given up", "[change]") {
  Case test(1);
  test.cluster.set_cib(cib_with_probe());
  test.cluster.vms["vm0"].fails = true;
  test.cluster.before = [&](const remote::Host&, const remote::Command&) {
    if (test.cluster.clock.elapsed() < seconds(40)) return;
    test.cluster.set_cib(ModelCluster::cib_of({ModelCluster::primitive("vm0")}));
    test.cluster.vms["vm0"].fails = false;
  };
  CHECK(test.wait().at(0).end == Waited::End::reached);
}

TEST_CASE("a search that does not end is not waited for without end", "[change]") {
  Case test(1);
  test.cluster.set_cib(cib_with_probe());
  test.cluster.vms["vm0"].fails = true;
  CHECK(test.wait().at(0).end == Waited::End::late);
  CHECK(test.passed() < 240);
}

TEST_CASE("a machine that nobody may touch is given up at once", "[change]") {
  Case test(1);
  test.cluster.vms["vm0"].blocked = true;
  CHECK(test.wait().at(0).end == Waited::End::failed);
  CHECK(test.passed() == 0);
}

TEST_CASE("the others are waited for when one is given up", "[change]") {
  Case test(3);
  test.cluster.vms["vm1"].blocked = true;
  const auto waited = test.wait();
  CHECK(waited.at(0).end == Waited::End::reached);
  CHECK(waited.at(1).end == Waited::End::failed);
  CHECK(waited.at(2).end == Waited::End::reached);
}

TEST_CASE("a machine that runs and is about to be restarted is waited for", "[change]") {
  Case test(1);
  test.cluster.vms["vm0"].node = "n1";
  bool restarted = false;
  test.cluster.before = [&](const remote::Host&, const remote::Command&) {
    if (restarted || test.cluster.clock.elapsed() < seconds(1)) return;
    restarted = test.cluster.vms["vm0"].restart = true;
  };
  CHECK(test.wait().at(0).end == Waited::End::reached);
  CHECK(restarted);
  CHECK(test.passed() >= 21);
}

TEST_CASE("a machine that is as wanted and left alone costs seconds", "[change]") {
  Case test(1);
  test.cluster.vms["vm0"].node = "n1";
  CHECK(test.wait().at(0).end == Waited::End::reached);
  CHECK(test.passed() <= 5);
}

TEST_CASE("a wish to end is seen while waiting", "[change]") {
  Case test(2);
  test.cluster.interrupt_at = test.cluster.clock.now() + seconds(5);
  const auto waited = test.wait();
  CHECK(waited.at(0).end == Waited::End::interrupted);
  CHECK_THAT(waited.at(0).reason, Contains("is starting"));
  CHECK(test.passed() < 10);
}

TEST_CASE("a cluster that does not answer is no success", "[change]") {
  Case test(1);
  test.cluster.before = [&](const remote::Host&, const remote::Command&) {
    if (test.cluster.clock.elapsed() > seconds(3)) test.cluster.unreachable = {"n1", "n2", "n3"};
  };
  const auto waited = test.wait();
  CHECK(waited.at(0).end == Waited::End::late);
  CHECK_THAT(waited.at(0).reason, Contains("no node of the cluster answers"));
}

TEST_CASE("it is told how many are done, and which one is waited for", "[change]") {
  Case test(2);
  test.cluster.batch = 1;
  test.wait();
  const auto& last = test.told.back();
  CHECK(last.reached == 2);
  CHECK(last.id.empty());
  const auto& first = test.told.front();
  CHECK(first.total == 2);
  CHECK(first.id == "vm0");
  CHECK(first.operation == "start");
  CHECK(first.most == seconds(150));
}

}  // namespace
