// The adapter with a real libvirtd and a real QEMU: what happens to the guest, the daemon and the
// process is seen in time.
#include "base/error.h"
#include "base/pidfd.h"
#include "domain/hypervisor.h"
#include "guest.h"
#include "support/catch.h"

#include <signal.h>

using namespace std::chrono_literals;
using namespace havc;
using namespace havc::test;
using domain::Hypervisor;
using domain::Identity;
using domain::Reason;
using domain::State;

namespace {

constexpr char kUri[] = "qemu:///system";

Deadline in(Duration time) {
  return Deadline::after(system_clock(), time);
}

// A guest that runs, and the connection that started it. Whatever the test does, it is gone
// afterwards.
struct Running {
  Guest guest;
  std::unique_ptr<Hypervisor> libvirt = domain::connect(kUri, soon());
  Identity identity{guest.name, guest.uuid};

  explicit Running(const std::string& kind) : guest{"vm1", kind} {
    libvirt->create(guest.xml(), soon());
    guest.wait_until_ready();
  }
  ~Running() {
    try {
      domain::connect(kUri, soon())->destroy(identity, soon());
    } catch (const Error& error) {
      UNSCOPED_INFO(error.what());
    }
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  // How long until it is gone, when only events and the process may end a wait.
  Duration wait_until_gone(const Descriptor& process = {}) {
    const Instant begin = system_clock().now();
    const Deadline deadline = soon();
    while (libvirt->inspect(identity, deadline)) {
      REQUIRE(!deadline.expired());
      libvirt->wait_for_change(process, deadline);
    }
    return system_clock().now() - begin;
  }
};

template <class Call>
Fault fault_of_call(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.fault();
  }
  FAIL("no error");
  return {};
}

}  // namespace

TEST_CASE("a guest is started, seen and listed", "[system]") {
  Running vm("obedient");
  const auto seen = vm.libvirt->inspect(vm.identity, soon());
  REQUIRE(seen);
  CHECK(seen->state == State::running);
  CHECK(!seen->persistent);
  CHECK(seen->identity.uuid == vm.guest.uuid);
  const auto listed = vm.libvirt->list(soon());
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].config == "/guests/vm1.xml");
  CHECK(vm.libvirt->host_uuid(soon()).size() == 36);
}

TEST_CASE("an obedient guest powers off on request, and its end is seen at once", "[system]") {
  Running vm("obedient");
  vm.libvirt->watch(vm.identity, soon());
  vm.libvirt->request_shutdown(vm.identity, {}, soon());
  CHECK(vm.wait_until_gone() < 2s);  // 50 ms on an idle machine
}

TEST_CASE("a deaf guest stays, and is destroyed", "[system]") {
  Running vm("dirtying");
  vm.libvirt->watch(vm.identity, soon());
  vm.libvirt->wake(vm.identity, soon());
  vm.libvirt->request_shutdown(vm.identity, {}, soon());
  vm.libvirt->wait_for_change({}, in(500ms));
  CHECK(vm.libvirt->inspect(vm.identity, soon())->state == State::running);
  vm.libvirt->destroy(vm.identity, soon());
  CHECK(!vm.libvirt->inspect(vm.identity, soon()));
}

TEST_CASE("an administrator's pause is told from other reasons", "[system]") {
  Running vm("dirtying");
  run({"virsh", "-c", kUri, "suspend", "vm1"});
  const auto seen = vm.libvirt->inspect(vm.identity, soon());
  CHECK(seen->state == State::paused);
  CHECK(seen->reason == Reason::user);
}

TEST_CASE("a paused guest is resumed, and resuming one that runs or has gone is fine", "[system]") {
  Running vm("dirtying");
  run({"virsh", "-c", kUri, "suspend", "vm1"});
  vm.libvirt->resume(vm.identity, soon());
  CHECK(vm.libvirt->inspect(vm.identity, soon())->state == State::running);
  CHECK_NOTHROW(vm.libvirt->resume({"vm2", {}}, soon()));
}

TEST_CASE("QEMU is asked for itself: no disk errors, no job; and there is no agent", "[system]") {
  Running vm("dirtying");
  const auto insight = vm.libvirt->ask_qemu(vm.identity, soon());
  CHECK(insight.disk_errors.empty());
  CHECK(!insight.busy);
  CHECK(vm.libvirt->ask_agent(vm.identity, soon()) != domain::AgentAnswer::answered);
  CHECK_THAT(vm.libvirt->live_xml(vm.identity, soon()), Catch::Contains("<uuid>" + vm.guest.uuid));
}

TEST_CASE("a QEMU that is silent is told from a libvirtd that is", "[system]") {
  Running vm("dirtying");
  {
    const Frozen qemu(qemu_pid("vm1"));
    CHECK(fault_of_call([&] { vm.libvirt->ask_qemu(vm.identity, in(500ms)); }) == Fault::timed_out);
    const auto again = domain::connect(kUri, soon());
    CHECK(again->inspect(vm.identity, soon())->state == State::running);
  }
  const auto again = domain::connect(kUri, soon());
  CHECK(again->ask_qemu(vm.identity, soon()).disk_errors.empty());
}

TEST_CASE("a guest that runs already cannot be started again", "[system]") {
  Running vm("dirtying");
  CHECK_THROWS_WITH(vm.libvirt->create(vm.guest.xml(), soon()), Catch::Contains("already active"));
}

TEST_CASE("a guest whose image is missing does not start, and libvirt says which", "[system]") {
  const auto libvirt = domain::connect(kUri, soon());
  const Guest guest{"vm2", "missing"};
  CHECK_THROWS_WITH(libvirt->create(guest.xml(), soon()), Catch::Contains("missing.img"));
  CHECK(!libvirt->inspect({"vm2", {}}, soon()));
}

TEST_CASE("a killed QEMU is seen through its process, and as an event", "[system]") {
  Running vm("dirtying");
  vm.libvirt->watch(vm.identity, soon());
  const Descriptor process = open_process(qemu_pid("vm1"));
  REQUIRE(process);
  REQUIRE(send_signal(process, SIGKILL));
  SECTION("process") {
    CHECK(vm.wait_until_gone(process) < 10s);
  }
  SECTION("event") {
    CHECK(vm.wait_until_gone() < 10s);
  }
}

TEST_CASE("with a hung libvirtd every call ends at its deadline", "[system]") {
  Running vm("dirtying");
  vm.libvirt->watch(vm.identity, soon());
  const Descriptor process = open_process(qemu_pid("vm1"));
  {
    const Frozen libvirtd(libvirtd_pid());
    const Deadline first = in(300ms);
    CHECK(fault_of_call([&] { vm.libvirt->inspect(vm.identity, first); }) == Fault::timed_out);
    CHECK(first.expired());
    const Deadline later = in(30s);
    CHECK(fault_of_call([&] { vm.libvirt->list(later); }) == Fault::timed_out);
    CHECK(fault_of_call([&] { vm.libvirt->destroy(vm.identity, later); }) == Fault::timed_out);
    CHECK(fault_of_call([] { domain::connect(kUri, in(300ms)); }) == Fault::timed_out);
    CHECK(!later.earlier_by(20s).expired());  // at once, and an abandoned connection closes at once

    // The process needs no daemon to be watched.
    const Deadline wait = in(30s);
    REQUIRE(send_signal(process, SIGKILL));
    vm.libvirt->wait_for_change(process, wait);
    CHECK(!wait.earlier_by(20s).expired());
  }
  CHECK(domain::connect(kUri, soon()));
}

TEST_CASE("a libvirtd that dies ends the wait, is unreachable, and finds the guest again",
          "[system]") {
  Running vm("dirtying");
  vm.libvirt->watch(vm.identity, soon());
  const Descriptor daemon = open_process(libvirtd_pid());
  const Deadline wait = in(30s);
  REQUIRE(send_signal(daemon, SIGKILL));
  vm.libvirt->wait_for_change({}, wait);
  CHECK(!wait.earlier_by(20s).expired());
  CHECK(fault_of_call([&] { vm.libvirt->inspect(vm.identity, soon()); }) == Fault::unreachable);
  REQUIRE(wait_for_end(daemon, soon()));
  CHECK(fault_of_call([] { domain::connect(kUri, soon()); }) == Fault::unreachable);
  run({"libvirtd", "-d"});
  const auto again = domain::connect(kUri, soon());
  CHECK(again->inspect(vm.identity, soon())->state == State::running);
}
