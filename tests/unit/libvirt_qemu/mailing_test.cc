#include "libvirt_qemu/mailing.h"

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temporary_folder.h"

#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using havc::libvirt_qemu::Mailing;
using havc::libvirt_qemu::Options;
using havc::mail::Event;
using havc::mail::Job;

namespace {

/// One node on which actions of a resource run, one after the other.
struct Node {
  havc::test::TemporaryFolder notes;
  havc::test::FakeClock clock;
  havc::Environment environment;
  std::vector<Job> jobs;
  Options options = [] {
    Options result;
    result.email = "a@example.org";
    result.email_events.chosen.set();
    return result;
  }();

  template <class Action>
  void act(std::string_view name, Action&& action) {
    const havc::ocf::Call call{name, "rsc", "n2", 0, false, 20s, environment, havc::Deadline::after(clock, 20s)};
    action(Mailing(options, call, notes.path(), [this](const Job& job) { jobs.push_back(job); }));
  }
  void start() {
    act("start", [](const Mailing& mailing) { mailing.started("vm1"); });
  }
  void failing_monitor() {
    act("monitor", [](const Mailing& mailing) { mailing.failed(true, "no answer"); });
  }
};

}  // namespace

TEST_CASE("a start after a failed monitor of this node is a recovery, the next one is none", "[mailing]") {
  Node node;
  node.failing_monitor();
  node.start();
  node.start();
  REQUIRE(node.jobs.size() == 3);
  CHECK(node.jobs[1].facts.event == Event::recover);
  CHECK(node.jobs[1].facts.cause == "monitor: no answer");
  CHECK(node.jobs[2].facts.event == Event::start);
}

TEST_CASE("a failure of long ago makes no recovery", "[mailing]") {
  Node node;
  node.failing_monitor();
  node.clock.advance(16min);
  node.start();
  CHECK(node.jobs.back().facts.event == Event::start);
}

TEST_CASE("a monitor that goes on failing is told every quarter of an hour", "[mailing]") {
  Node node;
  node.failing_monitor();
  node.clock.advance(10s);
  node.failing_monitor();
  CHECK(node.jobs.size() == 1);
  node.clock.advance(16min);
  node.failing_monitor();
  CHECK(node.jobs.size() == 2);
}

TEST_CASE("an event that was not chosen makes no mail", "[mailing]") {
  Node node;
  node.options.email_events.chosen.reset();
  node.start();
  CHECK(node.jobs.empty());
}

TEST_CASE("without addresses there is neither mail nor trace", "[mailing]") {
  Node node;
  node.options.email.clear();
  node.failing_monitor();
  node.options.email = "a@example.org";
  node.start();
  REQUIRE(node.jobs.size() == 1);
  CHECK(node.jobs[0].facts.event == Event::start);
}

TEST_CASE("a migration's mail says from where to where, and how long", "[mailing]") {
  Node node;
  node.environment.set("OCF_RESKEY_CRM_meta_migrate_source", "n1");
  node.act("migrate_from", [](const Mailing& mailing) { mailing.arrived("vm1", {3200ms, 45ms}); });
  REQUIRE(node.jobs.size() == 1);
  CHECK(node.jobs[0].facts.from == "n1");
  CHECK(node.jobs[0].facts.to == "n2");
  CHECK(node.jobs[0].facts.duration == "3.2 s");
  CHECK(node.jobs[0].facts.downtime == "45 ms");
}

TEST_CASE("a hand-over that throws stays without effect", "[mailing]") {
  Node node;
  const havc::ocf::Call call{"stop", "rsc", "n2", 0, false, 20s, node.environment, havc::Deadline::after(node.clock, 20s)};
  const Mailing mailing(node.options, call, node.notes.path(), [](const Job&) { throw std::runtime_error("no memory"); });
  mailing.stopped("vm1", true);
  SUCCEED();
}
