// One live migration: what it is asked to be (MigrationPlan, made from the parameters by
// migration_plan.h), and one under way (Migration, begun by Hypervisor::begin_migration). Part of
// the port; nothing here calls anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"

namespace havc::domain {

/// Who drives a migration: this process, or the source's libvirtd, also tunnelled through the
/// connection of the two.
enum class MigrationMode { managed, p2p, tunnelled };

/// Disks that the two hosts do not share are copied, whole or above a common backing file.
enum class StorageCopy { none, all, increment };

/// Zero and empty always mean: libvirt's own choice.
struct MigrationPlan {
  std::string destination_uri = {};  ///< libvirt's connection to the target, as seen from here
  std::string migrate_uri =
      {};  ///< where the memory goes; empty: libvirt chooses and allocates the port
  MigrationMode mode = MigrationMode::managed;
  std::chrono::milliseconds downtime{
      0};             ///< the guest's standstill at the end, set before it begins
  int bandwidth = 0;  ///< MiB/s

  bool tls = false;                  ///< VIR_MIGRATE_TLS: the memory travels encrypted
  std::string tls_destination = {};  ///< the name in the target's certificate
  bool auto_converge =
      false;  ///< VIR_MIGRATE_AUTO_CONVERGE: the guest is slowed down when it must be
  int auto_converge_initial = 0;    ///< percent
  int auto_converge_increment = 0;  ///< percent
  bool postcopy = false;            ///< VIR_MIGRATE_POSTCOPY: allowed, not begun
  int postcopy_bandwidth = 0;       ///< MiB/s
  bool postcopy_resume =
      false;                ///< VIR_MIGRATE_POSTCOPY_RESUME: goes on with a post-copy that broke
  int parallel = 0;         ///< connections; 0: one, without VIR_MIGRATE_PARALLEL
  bool zerocopy = false;    ///< VIR_MIGRATE_ZEROCOPY
  bool compressed = false;  ///< VIR_MIGRATE_COMPRESSED
  std::string compression = {};     ///< libvirt's names of methods, separated by commas
  int compression_level = 0;        ///< of mt
  int compression_threads = 0;      ///< of mt
  int decompression_threads = 0;    ///< of mt
  int compression_cache = 0;        ///< of xbzrle, bytes
  bool unsafe = false;              ///< VIR_MIGRATE_UNSAFE: also with caches that may lie
  bool abort_on_error = false;      ///< VIR_MIGRATE_ABORT_ON_ERROR: soft errors, such as of a disk
  bool rdma_pin_all = false;        ///< VIR_MIGRATE_RDMA_PIN_ALL
  bool persistent = false;          ///< VIR_MIGRATE_PERSIST_DEST: the target keeps a definition
  bool undefine_source = false;     ///< VIR_MIGRATE_UNDEFINE_SOURCE: and the source drops its own
  std::string graphics_uri = {};    ///< where the clients of the guest's display are sent to
  std::string listen_address = {};  ///< of the target, for the memory

  StorageCopy storage = StorageCopy::none;
  bool storage_synchronous = false;  ///< VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES
  std::vector<std::string> disks =
      {};  ///< which ones, by target name; empty: all that are not shared
  int disks_port = 0;
  std::string disks_uri = {};
};

/// How far a migration away from a host is, in bytes of memory and of disks that are copied. What the
/// guest changes meanwhile has to go once more: `remaining` may grow again.
struct Transfer {
  std::uint64_t total = 0;
  std::uint64_t processed = 0;  ///< sent, in all passes
  std::uint64_t remaining = 0;
  bool operator==(const Transfer&) const = default;
};

/// What a migration that is over took, as libvirt counted.
struct MigrationTimes {
  std::chrono::milliseconds total{0};
  /// How long the guest stood still; nothing: not known.
  std::optional<std::chrono::milliseconds> downtime = {};
};

/// One migration under way.
class Migration {
 public:
  virtual ~Migration() = default;

  struct Progress {
    std::uint64_t bytes_total = 0;
    std::uint64_t bytes_remaining = 0;
    std::uint64_t bytes_sent = 0;  ///< in all passes
    std::uint64_t iteration = 0;  ///< passes over the memory, the first is 1; 0: not begun
    std::uint64_t dirty_rate =
        0;  ///< bytes the guest changes each second, as of the last pass; 0: not known
    std::uint64_t bandwidth = 0;  ///< bytes sent each second; 0: not known
    int throttle = 0;             ///< percent of CPU time that auto-converge takes from the guest
    bool postcopy = false;  ///< the guest runs on the target already; nothing can be taken back
  };
  /// Waits for the end: true when it has come, false at the deadline. Throws what the migration
  /// failed with, in libvirt's words.
  virtual bool wait(Deadline deadline) = 0;
  /// After a failure: its cause may pass, such as another job on the domain or a port that was
  /// taken meanwhile.
  virtual bool may_pass() const = 0;
  /// Zeros when the job is not known (yet, or any more).
  virtual Progress progress(Deadline deadline) = 0;
  /// How long the guest may stand still at the end.
  virtual void set_downtime(std::chrono::milliseconds downtime, Deadline deadline) = 0;
  /// Switches to post-copy, which the plan must have allowed. There is no way back.
  virtual void begin_postcopy(Deadline deadline) = 0;
  /// Pauses the guest, so that its memory changes no more; it runs again on the target.
  virtual void suspend(Deadline deadline) = 0;
  /// Asks libvirt to stop it (virDomainAbortJob); its end is seen by wait(), which then throws. The
  /// outcome must be looked at on both sides.
  virtual void abort(Deadline deadline) = 0;
};

}  // namespace havc::domain
