// Moves a running domain to another host, and waits for one that arrives. The source is never
// destroyed; what became of both sides is looked at afterwards, also after a failure.
#pragma once

#include <chrono>
#include <functional>

#include "base/deadline.h"
#include "domain/hypervisor.h"
#include "domain/migrate_options.h"
#include "domain/places.h"
#include "domain/subject.h"
#include "options/value.h"

namespace havc::domain {

/// Whether a migration that does not converge may go over to post-copy; in the order of its words.
enum class PostCopy { off, fallback };

struct MigratePolicy {
  bool postcopy_after_precopy = false;       ///< switch after the first pass, if the plan allows it
  Duration act_after = Duration::zero();     ///< from then on at_timeout; zero: never
  AtTimeout at_timeout = AtTimeout::suspend;
  bool preflight = true;                     ///< migration_preflight
  bool start_resources = false;              ///< start_resources, on the target
  /// Kept for aborting and looking at both sides; zero: computed by abort_reserve.
  Duration abort_reserve = Duration::zero();
  /// The time the cluster allows for the whole migration; zero: the deadline's.
  Duration timeout = Duration::zero();
  /// Asked on the source when nothing else is in the way of the migration. Refuses by throwing.
  std::function<void(const Identity& domain, Deadline deadline)> consent = {};
};

/// Pure: 20 s, 10 s when the cluster allows 90 s or less, never more than half of it.
Duration abort_reserve(Duration total, const MigratePolicy& policy);

enum class Migrated { done, already_there };

/// `target` is the node's name for messages. Drops this host's note when the domain has gone.
/// Throws Error(failed) "… still runs here" or which side to look at; Error(timed_out) when it was
/// aborted. Troubles of the target are Error(failed) too: they say nothing about this host.
Migrated migrate_to(const Subject& subject, const std::string& target, const MigrationPlan& plan,
                    const MigratePolicy& policy, const Connect& connect, const Places& places,
                    Deadline deadline);

/// Returns when the domain runs here; writes the note. Throws Error(failed) when it is not here and
/// not coming, Error(timed_out).
void migrate_from(const Subject& subject, const Connect& connect, const Places& places,
                  Deadline deadline);

/// What libvirt here counted of the migration that has arrived; nothing when it does not say: no reason to fail.
std::optional<MigrationTimes> times_of_arrival(const Subject& subject, const Connect& connect,
                                               Deadline deadline) noexcept;

}  // namespace havc::domain

namespace havc::options {

template <>
struct Text<domain::PostCopy> : SelectText<domain::PostCopy, 2> {
  static constexpr Words kWords{"off", "fallback"};
  static constexpr std::string_view kExpected = "a use of post-copy";
  static std::optional<domain::PostCopy> parse(std::string_view text) { return find(kWords, text); }
};

}  // namespace havc::options
