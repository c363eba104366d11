#include "change/pacemaker.h"

#include "change/patch.h"
#include "model_cluster.h"
#include "support/catch.h"

namespace {

using namespace havc;
using namespace havc::change;
using Catch::Matchers::Contains;
using test::ModelCluster;

Deadline soon() {
  return Deadline::after(system_clock(), std::chrono::seconds(60));
}

std::string with_web(int epoch) {
  return ModelCluster::cib_of({ModelCluster::primitive("web")}, epoch);
}

TEST_CASE("a patch changes the configuration it was made for", "[change]") {
  ModelCluster cluster;
  Pacemaker pacemaker(ModelCluster::hosts(), cluster.run());
  const auto before = pacemaker.cib(soon());
  pacemaker.patch(patch_of(before, with_web(8), soon()), {0, 7, 0}, soon());
  CHECK_THAT(cluster.cib(), Contains("<primitive id=\"web\""));
}

TEST_CASE("results of operations in the meantime do not hinder a change", "[change]") {
  ModelCluster cluster;
  Pacemaker pacemaker(ModelCluster::hosts(), cluster.run());
  const auto patch = patch_of(cluster.cib(), with_web(8), soon());
  auto later = cluster.cib();
  later.replace(later.find("num_updates=\"0\""), 15, "num_updates=\"9\"");
  cluster.set_cib(later);
  pacemaker.patch(patch, {0, 7, 0}, soon());
  CHECK_THAT(cluster.cib(), Contains("<primitive id=\"web\""));
}

TEST_CASE("a configuration that somebody else has changed stays as it is", "[change]") {
  ModelCluster cluster;
  Pacemaker pacemaker(ModelCluster::hosts(), cluster.run());
  const auto patch = patch_of(cluster.cib(), with_web(8), soon());
  cluster.edit();
  const auto edited = cluster.cib();
  CHECK_THROWS_AS(pacemaker.patch(patch, {0, 7, 0}, soon()), ChangedMeanwhile);
  CHECK(cluster.cib() == edited);
}

TEST_CASE("the words about a change by somebody else name both versions and the way out",
          "[change]") {
  ModelCluster cluster;
  Pacemaker pacemaker(ModelCluster::hosts(), cluster.run());
  const auto patch = patch_of(cluster.cib(), with_web(8), soon());
  cluster.edit();
  try {
    pacemaker.patch(patch, {0, 7, 0}, soon());
    FAIL("it was made");
  } catch (const ChangedMeanwhile& error) {
    CHECK_THAT(error.problem(), Contains("changed meanwhile") && Contains("0.8") &&
                                    Contains("0.7.0") && Contains("nothing was changed"));
    CHECK(error.remedy() == "plan again");
  }
}

TEST_CASE("a lost answer is not taken for a refusal", "[change]") {
  ModelCluster cluster;
  Pacemaker pacemaker(ModelCluster::hosts(), cluster.run());
  const auto patch = patch_of(cluster.cib(), with_web(8), soon());
  cluster.before = [&](const remote::Host&, const remote::Command& command) {
    if (command.arguments[1] != "--patch") return;
    cluster.edit();  // stands for the change itself, which was made before the line broke
    throw Error(Fault::unreachable, "the connection to 'n1' broke");
  };
  try {
    pacemaker.patch(patch, {0, 7, 0}, soon());
    FAIL("nobody knows that it was made");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::timed_out);
    CHECK_THAT(error.problem(), Contains("not known whether") && Contains("broke"));
  }
}

TEST_CASE("a node that does not answer is passed over", "[change]") {
  ModelCluster cluster;
  cluster.unreachable = {"n1"};
  cluster.offline = {"n2"};
  Pacemaker pacemaker(ModelCluster::hosts(), cluster.run());
  CHECK(pacemaker.status(soon()).quorate);
  CHECK(pacemaker.host().name == "n3");
}

TEST_CASE("when no node answers, each one's reason is said", "[change]") {
  ModelCluster cluster;
  cluster.unreachable = {"n1", "n3"};
  cluster.offline = {"n2"};
  Pacemaker pacemaker(ModelCluster::hosts(), cluster.run());
  CHECK_THROWS_WITH(pacemaker.status(soon()),
                    Contains("'n1' was not reached") && Contains("cluster is not available"));
}

TEST_CASE("only the version of the configuration guards a patch", "[change]") {
  const std::string patch =
      R"(<diff format="2"><version><source admin_epoch="0" epoch="7" num_updates="5"/><target admin_epoch="0" epoch="8" num_updates="0"/></version><change num_updates="5"/></diff>)";
  CHECK(
      guard_of(patch) ==
      R"(<diff format="2"><version><source admin_epoch="0" epoch="7"/><target admin_epoch="0" epoch="8"/></version><change num_updates="5"/></diff>)");
}

}  // namespace
