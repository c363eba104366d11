// A working model of a host with libvirt and its guests, behind the port of domain/hypervisor.h, on
// a FakeClock: guests that power off some time after they are asked, ignore it, survive destroy, or
// vanish at the wrong moment; calls that fail or hang. Not a mock: nothing is expected of the
// caller, the state afterwards is what tests look at.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "domain/devices.h"
#include "domain/hypervisor.h"
#include "support/fake_clock.h"

namespace havc::test {

struct FakeGuest {
  domain::Identity identity;
  domain::State state = domain::State::running;
  domain::Reason reason = domain::Reason::other;
  bool persistent = false;
  std::string config;  ///< as start puts it into the metadata
  std::string xml;     ///< what create() was given; empty: a domain without devices
  std::string job;     ///< as Hypervisor::job has it
  std::optional<domain::Transfer> transfer = {};
  bool autostart = false;

  /// Ways of asking that libvirt refuses for it, and those that reach it and are not obeyed.
  std::set<domain::ShutdownMethod> refused = {};
  std::set<domain::ShutdownMethod> unheard = {};
  std::vector<std::optional<domain::ShutdownMethod>> asked = {};  ///< all requests, in order
  bool managed_save = false;  ///< libvirt has an image of its memory
  bool restored = false;      ///< it runs from an image
  bool saving = false;        ///< its memory is being written; it ends with that
  std::uint64_t memory = 1 << 20;

  /// From the first request that reaches it to the end of the guest; nothing: it ignores requests.
  std::optional<Duration> powers_off_after = Duration::zero();
  /// It obeys only once wake() was called, like a guest in S3 or with a sleeping screen.
  bool needs_wake = false;
  /// How long QEMU outlives SIGKILL. destroy returns when it is gone, or fails as libvirt does,
  /// after kLibvirtKillTime.
  Duration survives_destroy{};
  /// It has gone by the time the request or the destroy of a call comes through.
  bool vanishes_before_shutdown = false;
  bool vanishes_before_destroy = false;
  bool vanishes_before_answer = false;  ///< of its QEMU

  /// What its QEMU and its agent say; a silent QEMU lets the calls hang that go through to it, on that connection alone.
  std::vector<domain::DiskError> disk_errors;
  bool busy = false;
  bool silent_qemu = false;
  domain::AgentAnswer agent = domain::AgentAnswer::unclear;
  /// Once resumed it is paused again at once, as by a disk that is still full.
  bool pauses_again = false;
  domain::MigrationTimes arrival{};  ///< of the migration that brought it; zeros: none did

  std::optional<Instant>
      ends_at;       ///< set by requests, destroys, or a test: a guest that ends by itself
  int requests = 0;  ///< how often it was asked to power off
};

/// virProcessKillPainfullyDelay of libvirt: 10 s of SIGTERM and 30 s of SIGKILL.
inline constexpr Duration kLibvirtKillTime = std::chrono::seconds(40);

/// What becomes of the next save: how long it takes, and how it ends instead of in success.
struct FakeSavePlan {
  Duration takes{};
  std::optional<Error> failure;
  bool obeys_abort = true;
};

/// How the memory of a guest moves: in passes, each of which sends what was changed during the one before, until the rest
/// goes within the downtime.
struct FakeMemory {
  std::uint64_t size = std::uint64_t{64} << 20U;
  std::uint64_t working_set = std::uint64_t{48} << 20U;  ///< what the guest changes over and over
  std::uint64_t dirty_rate = 0;                          ///< bytes a second
  std::uint64_t bandwidth = 0;                           ///< bytes a second
};

/// What becomes of the next migrations.
struct FakeMigrationPlan {
  std::optional<Duration> finishes_after =
      std::chrono::seconds(1);       ///< nothing: it never converges; not with `memory`
  std::optional<FakeMemory> memory;  ///< when it ends depends on what is done
  std::optional<Error> failure;      ///< it ends with this instead of success
  int fails_in_passing = 0;          ///< so many fail at once with what may pass
  int breaks_half_way = 0;           ///< so many break after 3 s
  std::optional<Duration> sticks_after;  ///< nothing is sent from then on
  int broken_postcopies = 0;         ///< so many post-copies break half-way
  bool broken_target_dies = false;   ///< and with them the target's half of the guest
  bool obeys_abort = true;           ///< false: abort() is accepted and changes nothing
  bool stays_paused = false;         ///< a failure or an abort leaves the guest paused here
  bool broken_source_dies = false;   ///< and with them the source's half
  bool obeys_postcopy = true;        ///< false: begin_postcopy fails
  bool ignores_postcopy = false;     ///< begin_postcopy is accepted and changes nothing
  /// The connection to the target breaks when the memory has arrived: libvirt lets the guest go on here, and the target does
  /// so, too, if it got that order.
  bool breaks_at_switch_over = false;
  bool target_got_order = true;
};

/// What a host offers to guests. A guest migrates to a host only if all it needs is there and active.
struct FakeEquipment {
  std::map<std::string, bool> networks;  ///< by name: it is active
  std::map<std::string, bool> pools;
  std::vector<std::string> bridges;
  std::string refuses_emulator;          ///< libvirt's words; empty: it has each emulator and machine
  std::string refuses_cpu;               ///< libvirt's words; empty: each CPU model is fine
  std::uint64_t free_kib = UINT64_MAX;
  std::uint64_t free_hugepages = UINT64_MAX;
  std::uint64_t usual_hugepage_kib = domain::kDefaultHugepage;  ///< where the XML states no size
  Duration takes_to_start{};             ///< a network or a pool
  std::vector<std::string> cannot_tell;  ///< comes back as Lacks::unknown
  unsigned long libvirt = 9000000;
};

enum class Verb {
  connect,
  inspect,
  list,
  census,
  create,
  undefine,
  define,
  start_defined,
  drop_managed_save,
  save,
  abort_job,
  saved_domain,
  restore,
  memory,
  request_shutdown,
  wake,
  resume,
  destroy,
  definition_of,
  watch,
  wait_for_change,
  mark,
  begin_migration,
  ask_qemu,
  live_xml,
  ask_agent,
  job,
  transfer,
  lacks,
  activate,
  starts_by_itself,
  host_uuid,
  migration_wait,
  migration_progress,
  migration_abort,
  set_downtime,
  begin_postcopy,
  suspend,
  times_of_arrival
};

/// One host. It outlives the connections that connect() makes.
class FakeHost {
 public:
  explicit FakeHost(FakeClock& clock, std::string uuid = "5c1a7e57-0000-4000-8000-000000000001")
      : clock_(clock), uuid_(std::move(uuid)) {}

  FakeGuest& add(FakeGuest guest);
  /// Nothing when there is no such guest (any more): a transient guest goes when it ends.
  FakeGuest* find(const std::string& name);
  /// Found by UUID when one is known, else by name, as Hypervisor::inspect does.
  FakeGuest* find(const domain::Identity& identity);

  /// The n-th call of the verb from now on fails; the others go through.
  void fail(Verb verb, Error error, int nth = 1);
  /// From the n-th call of the verb on the daemon hangs: that call lasts to its deadline, later
  /// ones of the connection fail at once, new connections hang too. heal() ends it.
  void hang(Verb verb, int nth = 1);
  void heal() { hung_ = false; }
  std::optional<Instant> heals_at;  ///< by itself
  /// How often the verb was called.
  int calls(Verb verb) const;

  /// Where begin_migration with this destination URI leads.
  void reach(const std::string& destination_uri, FakeHost& target) {
    targets_[destination_uri] = &target;
  }
  FakeMigrationPlan next_migration;
  FakeSavePlan next_save;
  FakeEquipment equipment;
  domain::MigrationPlan last_plan;  ///< as the last begin_migration had it
  std::vector<std::chrono::milliseconds> downtimes;  ///< as they were set

  /// For the `Connect` that verbs and agents take.
  domain::Connect connector();

 private:
  friend class FakeHypervisor;
  friend class FakeMigration;
  struct Trouble {
    Verb verb;
    int at;                      // the count of calls at which it strikes
    std::optional<Error> error;  // nothing: hang
  };
  struct Job {
    domain::Identity identity;
    FakeHost* target;
    FakeMigrationPlan plan;
    Instant begun{};
    std::optional<Instant> ends_at;
    bool ended = false;
    bool may_pass = false;
    bool postcopy = false;
    // With `plan.memory`:
    std::uint64_t pass = 1;
    std::uint64_t pass_size = 0;
    Instant pass_begun{};
    Duration downtime = std::chrono::milliseconds(300);

    Duration time_for(std::uint64_t bytes) const;
    std::uint64_t remaining(Instant now) const;
    void advance(Instant now);  // through the passes that are over
    Instant next_change(Instant end) const;
  };

  void count(Verb verb, Deadline deadline);
  void settle();
  void end(FakeGuest& guest);
  void finish(Job& job);
  void undo(Job& job);
  void break_postcopy(Job& job);
  void break_switch_over(Job& job, FakeGuest& here, FakeGuest& there);
  FakeGuest* look(const domain::Identity& identity);
  domain::Lacks lacks(const domain::Needs& needs) const;

  FakeClock& clock_;
  std::string uuid_;
  std::vector<std::unique_ptr<FakeGuest>> guests_;
  std::vector<std::unique_ptr<FakeGuest>> ended_;  // references that tests hold stay good
  std::map<std::string, int> events_;              // by name
  std::map<std::string, FakeHost*> targets_;
  std::vector<std::shared_ptr<Job>> jobs_;
  std::vector<Trouble> troubles_;
  std::map<Verb, int> calls_;
  bool hung_ = false;
};

}  // namespace havc::test
