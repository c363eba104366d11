// What two real libvirtds tell before a migration: what the target lacks is found before anything
// moves, and networks and pools are started where they are asked for.
#include "base/error.h"
#include "domain/devices.h"
#include "domain/hypervisor.h"
#include "domain/migrate.h"
#include "domain/preflight.h"
#include "domain/start.h"
#include "guest.h"
#include "support/catch.h"

#include <algorithm>
#include <filesystem>

using namespace std::chrono_literals;
using namespace havc;
using namespace havc::test;
using domain::Identity;
using domain::Lacks;
using domain::Need;
using domain::Needs;

namespace {

constexpr char kHere[] = "qemu:///system";
const std::string kThere = "qemu+tcp://127.0.0.1:" + std::to_string(HAVC_SECOND_PORT) + "/system";
const domain::MigrationPlan kPlan{kThere, "tcp://127.0.0.1:49300"};
constexpr char kBridge[] = "br-lan";

/// Two hosts that both know network "lan", onto a bridge of theirs, and pool "fast" with a volume;
/// and a definition that uses both.
struct Equipment {
  TemporaryFolder folder;
  Guest guest{"vm1", "dirtying"};
  domain::Subject subject{"vm1", kHere, folder / "vm1.xml", {guest.name, guest.uuid}};
  domain::Places places{"/run/libvirt/qemu", "/proc", folder / "notes", true, folder / "etc"};
  domain::Connect connect = domain::connect;

  Equipment() {
    run({"ip", "link", "add", kBridge, "type", "bridge"});
    folder.write("lan.xml",
                 std::string("<network><name>lan</name><forward mode='bridge'/><bridge name='") +
                     kBridge + "'/></network>");
    folder.write("pool/data.raw", std::string(1 << 20, '\0'));
    folder.write("fast.xml", "<pool type='dir'><name>fast</name><target><path>" +
                                 (folder / "pool") + "</path></target></pool>");
    for (const std::string& host : {std::string(kHere), kThere}) {
      virsh(host, {"net-define", folder / "lan.xml"});
      virsh(host, {"pool-define", folder / "fast.xml"});
    }
  }
  ~Equipment() {
    for (const std::string& host : {std::string(kHere), kThere}) {
      for (const auto& words : std::vector<std::vector<std::string>>{{"destroy", guest.name},
                                                                     {"net-destroy", "lan"},
                                                                     {"net-undefine", "lan"},
                                                                     {"pool-destroy", "fast"},
                                                                     {"pool-undefine", "fast"}}) {
        attempt([&] { virsh(host, words); });
      }
    }
    attempt([&] { run({"ip", "link", "delete", kBridge}); });
  }
  Equipment(const Equipment&) = delete;
  Equipment& operator=(const Equipment&) = delete;

  static void virsh(const std::string& host, std::vector<std::string> words) {
    words.insert(words.begin(), {"virsh", "-c", host});
    run(words);
  }
  template <class Call>
  static void attempt(Call call) {
    try {
      call();
    } catch (const Error& error) {
      UNSCOPED_INFO(error.what());
    }
  }

  std::string xml() const {
    std::string text = guest.xml();
    const std::string end = "</devices>";
    text.insert(
        text.find(end),
        "<interface type='network'><source network='lan'/><model type='virtio'/></interface>"
        "<disk type='volume'><source pool='fast' volume='data.raw'/>"
        "<target dev='vdb' bus='virtio'/><readonly/></disk>");
    return text;
  }
  void start(bool resources) {
    domain::StartPolicy policy;
    policy.start_resources = resources;
    domain::start(subject, domain::parse_definition(xml(), subject.config), policy, connect, places,
                  soon());
    guest.wait_until_ready();
  }
  domain::Migrated leave(bool resources) {
    domain::MigratePolicy policy;
    policy.start_resources = resources;
    return domain::migrate_to(subject, "node2", kPlan, policy, connect, places, soon());
  }
  Lacks lacks_there(const Needs& needs) { return connect(kThere, soon())->lacks(needs, soon()); }
};

bool has(const Lacks& lacks, Need need, const std::string& name) {
  return std::any_of(lacks.found.begin(), lacks.found.end(), [&](const auto& lack) {
    return lack.need == need && lack.name == name && !lack.words.empty();
  });
}

Needs of_a_pc() {
  Needs needs;
  needs.type = "qemu";
  needs.arch = "x86_64";
  needs.machine = "pc";
  needs.emulator = "/usr/bin/qemu-system-x86_64";
  return needs;
}

std::string all_of(const Lacks& lacks) {
  std::string text;
  for (const auto& lack : lacks.found) text += lack.name + " " + lack.words + "\n";
  for (const auto& unknown : lacks.unknown) text += "? " + unknown + "\n";
  return text;
}

}  // namespace

TEST_CASE("networks and pools are started for a start, and again for a migration", "[system]") {
  Equipment hosts;
  CHECK_THROWS_WITH(hosts.start(false), Catch::Contains("is not active"));
  hosts.start(true);

  try {
    hosts.leave(false);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::failed);
    CHECK(error.problem() == "network 'lan' is not active on 'node2'");
  }
  CHECK(domain::connect(kHere, soon())->inspect(hosts.subject.identity, soon())->state ==
        domain::State::running);

  hosts.virsh(kThere, {"net-start", "lan"});
  CHECK_THROWS_WITH(hosts.leave(false), Catch::Contains("pool 'fast' is not active on 'node2'"));

  hosts.virsh(kThere, {"net-destroy", "lan"});
  CHECK(hosts.leave(true) == domain::Migrated::done);
  CHECK(domain::connect(kThere, soon())->inspect(hosts.subject.identity, soon())->state ==
        domain::State::running);
}

TEST_CASE("a network that the target does not know cannot be started there", "[system]") {
  Equipment hosts;
  hosts.start(true);
  hosts.virsh(kThere, {"net-undefine", "lan"});
  CHECK_THROWS_WITH(hosts.leave(true), Catch::Contains("'node2': cannot start network 'lan'") &&
                                           Catch::Contains("not found"));
  CHECK_THROWS_WITH(hosts.leave(false), Catch::Contains("network 'lan' does not exist on 'node2'"));
}

TEST_CASE("a running guest lacks nothing on the host that it runs on", "[system]") {
  Equipment hosts;
  hosts.start(true);
  const auto here = domain::connect(kHere, soon());
  const auto devices =
      domain::parse_devices(here->live_xml(hosts.subject.identity, soon()), "the domain");
  auto needs = domain::needs_of(devices, 16384);
  needs.bridges = {kBridge};
  CHECK_FALSE(needs.cpu.empty());
  const Lacks lacks = here->lacks(needs, soon());
  INFO(all_of(lacks));
  CHECK(lacks.found.empty());
  CHECK(lacks.unknown.empty());
  CHECK(lacks.libvirt > 0);
  CHECK(here->job(hosts.subject.identity, soon()).empty());
}

TEST_CASE("what a host does not have is found, each with libvirt's words", "[system]") {
  Equipment hosts;
  Needs needs = of_a_pc();
  needs.cpu =
      "<cpu mode='custom' match='exact'><model>qemu64</model>"
      "<feature policy='require' name='avx512-4fmaps'/></cpu>";
  needs.networks = {"missing"};
  needs.pools = {"absent"};
  needs.bridges = {"br-none"};
  needs.memory_kib = std::uint64_t{1} << 40;
  const Lacks lacks = hosts.lacks_there(needs);
  INFO(all_of(lacks));
  CHECK(has(lacks, Need::cpu, ""));
  CHECK(has(lacks, Need::network, "missing"));
  CHECK(has(lacks, Need::pool, "absent"));
  CHECK(has(lacks, Need::bridge, "br-none"));
  CHECK(has(lacks, Need::memory, ""));
  CHECK(lacks.unknown.empty());
}

TEST_CASE("an emulator or machine that is missing is found", "[system]") {
  Equipment hosts;
  Needs needs = of_a_pc();
  SECTION("machine") {
    needs.machine = "pc-i440fx-99.0";
  }
  SECTION("emulator") {
    needs.emulator = "/usr/bin/qemu-system-none";
  }
  SECTION("KVM") {
    if (std::filesystem::exists("/dev/kvm")) return;
    needs.type = "kvm";
  }
  const Lacks lacks = hosts.lacks_there(needs);
  INFO(all_of(lacks));
  CHECK(has(lacks, Need::emulator, needs.emulator));
}

TEST_CASE("hugepages that are not free are counted", "[system]") {
  Equipment hosts;
  Needs needs;
  needs.hugepage_kib = domain::kDefaultHugepage;
  needs.memory_kib = std::uint64_t{1} << 40;
  const Lacks lacks = hosts.lacks_there(needs);
  INFO(all_of(lacks));
  CHECK(lacks.found.size() + lacks.unknown.size() == 1);
}

TEST_CASE("page cache refuses no guest", "[system]") {
  Equipment hosts;
  Needs needs;
  needs.memory_kib = 1024;
  CHECK(hosts.lacks_there(needs).found.empty());
}

TEST_CASE("what libvirtd starts by itself is seen", "[system]") {
  Equipment hosts;
  const auto here = domain::connect(kHere, soon());
  CHECK_FALSE(here->starts_by_itself(hosts.subject.identity, soon()));
  hosts.folder.write("defined.xml", hosts.guest.xml());
  hosts.virsh(kHere, {"define", hosts.folder / "defined.xml"});
  CHECK_FALSE(here->starts_by_itself(hosts.subject.identity, soon()));
  hosts.virsh(kHere, {"autostart", "vm1"});
  CHECK(here->starts_by_itself(hosts.subject.identity, soon()));
  hosts.virsh(kHere, {"undefine", "vm1"});
  here->create(hosts.guest.xml(), soon());
  CHECK_FALSE(here->starts_by_itself(hosts.subject.identity, soon()));
}
