// Live migration between the libvirtds of two private hosts: done, aborted, and with a target that
// hangs.
#include "base/error.h"
#include "domain/hypervisor.h"
#include "guest.h"
#include "support/catch.h"

using namespace std::chrono_literals;
using namespace havc;
using namespace havc::test;
using domain::Identity;
using domain::MigrationPlan;
using domain::State;

namespace {

constexpr char kHere[] = "qemu:///system";
const std::string kThere = "qemu+tcp://127.0.0.1:" + std::to_string(HAVC_SECOND_PORT) + "/system";
const MigrationPlan kPlan{kThere, "tcp://127.0.0.1:49300"};

Deadline in(Duration time) {
  return Deadline::after(system_clock(), time);
}

struct TwoHosts {
  Guest guest;
  std::unique_ptr<domain::Hypervisor> source = domain::connect(kHere, soon());
  std::unique_ptr<domain::Hypervisor> target = domain::connect(kThere, soon());
  Identity identity{guest.name, guest.uuid};

  explicit TwoHosts(const std::string& kind) : guest{"vm1", kind} {
    source->create(guest.xml(), soon());
    guest.wait_until_ready();
  }
  ~TwoHosts() {
    try {
      domain::connect(kHere, soon())->destroy(identity, soon());
      domain::connect(kThere, soon())->destroy(identity, soon());
    } catch (const Error& error) {
      UNSCOPED_INFO(error.what());
    }
  }
  TwoHosts(const TwoHosts&) = delete;
  TwoHosts& operator=(const TwoHosts&) = delete;

  bool runs_at(domain::Hypervisor& host) {
    const auto seen = host.inspect(identity, soon());
    return seen && seen->state == State::running;
  }
  void never_converges() {
    run({"virsh", "-c", kHere, "migrate-setspeed", "vm1", "1"});
    run({"virsh", "-c", kHere, "migrate-setmaxdowntime", "vm1", "1"});
  }
};

}  // namespace

TEST_CASE("a guest moves while it runs", "[system]") {
  TwoHosts hosts("dirtying");
  CHECK(hosts.source->host_uuid(soon()) != hosts.target->host_uuid(soon()));
  hosts.target->watch(hosts.identity, soon());
  const auto migration = hosts.source->begin_migration(hosts.identity, kPlan, soon());
  CHECK(migration->wait(soon()));
  CHECK(!hosts.source->inspect(hosts.identity, soon()));
  CHECK(hosts.runs_at(*hosts.target));
  const Deadline wait = in(30s);
  hosts.target->wait_for_change({}, wait);  // events of the arrival
  CHECK(!wait.earlier_by(20s).expired());
}

TEST_CASE("a migration that does not converge is aborted, and the guest stays", "[system]") {
  TwoHosts hosts("dirtying");
  hosts.never_converges();
  const auto migration = hosts.source->begin_migration(hosts.identity, kPlan, soon());
  CHECK(!migration->wait(in(2s)));
  CHECK(migration->progress(soon()).bytes_total > 0);
  migration->abort(soon());
  CHECK_THROWS_WITH(migration->wait(soon()), Catch::Contains("cannot migrate 'vm1'"));
  CHECK(hosts.runs_at(*hosts.source));
  CHECK(!hosts.target->inspect(hosts.identity, soon()));
}

TEST_CASE("an abort right after the beginning waits until there is something to abort",
          "[system]") {
  TwoHosts hosts("dirtying");
  hosts.never_converges();
  const auto migration = hosts.source->begin_migration(hosts.identity, kPlan, soon());
  migration->abort(soon());
  CHECK_THROWS_AS(migration->wait(soon()), Error);
  CHECK(hosts.runs_at(*hosts.source));
  CHECK(!hosts.target->inspect(hosts.identity, soon()));
}

TEST_CASE("a target whose libvirtd hangs costs one deadline and starts nothing", "[system]") {
  TwoHosts hosts("dirtying");
  {
    const Frozen libvirtd(second_libvirtd_pid());
    const Deadline deadline = in(500ms);
    try {
      hosts.source->begin_migration(hosts.identity, kPlan, deadline);
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::timed_out);
      CHECK_THAT(error.problem(), Catch::Contains(kThere));
    }
    CHECK(deadline.expired());
  }
  CHECK(hosts.runs_at(*hosts.source));
  CHECK(!hosts.target->inspect(hosts.identity, soon()));
}

TEST_CASE("a migration to the host itself fails in libvirt's words", "[system]") {
  TwoHosts hosts("dirtying");
  const auto migration =
      hosts.source->begin_migration(hosts.identity, {kHere, "tcp://127.0.0.1:49301"}, soon());
  CHECK_THROWS_WITH(migration->wait(soon()), Catch::Contains("cannot migrate 'vm1'"));
  CHECK(hosts.runs_at(*hosts.source));
}
